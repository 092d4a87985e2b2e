import { respond, type SipRequest } from '@tandem/sip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { description } from '../fixture/messages.ts';
import { type Peer, VirtualWire } from '../fixture/virtual-wire.ts';
import type { OutgoingCall } from './outgoing-call.ts';

const contact = ['Contact', '<sip:callee@far.example>'] as const;

let wire: VirtualWire;

beforeEach(() => {
  wire = new VirtualWire();
});

afterEach(async () => {
  await wire.close();
});

/** A call from an agent to a peer that the test plays, with the INVITE that the peer has. */
async function callPeer(): Promise<{ call: OutgoingCall; peer: Peer; invite: SipRequest }> {
  const peer = wire.peer('far', 'a');
  const call = await wire.agent('a', 'far').call('sip:callee@acme.example');
  wire.run(20);
  return { call, peer, invite: peer.request('INVITE') };
}

describe('a caller', () => {
  it('acknowledges each repetition of the 200', async () => {
    const { peer, invite } = await callPeer();
    const ok = respond(invite, 200, { toTag: 'x', headers: [contact], body: description() });
    for (let time = 0; time < 3; time++) peer.send(ok);
    wire.run(50);
    const acks = peer.take().map((message) => `${message.cseq.number} ${message.cseq.method}`);
    expect(acks).toEqual(['1 ACK', '1 ACK', '1 ACK']);
  });

  it('acknowledges the 200 of another branch and hangs up there', async () => {
    const { call, peer, invite } = await callPeer();
    for (const toTag of ['x', 'y', 'y'])
      peer.send(respond(invite, 200, { toTag, headers: [contact], body: description() }));
    wire.run(50);
    const sent = peer.take().map((message) => `${message.cseq.method} ${message.to.params.get('tag')}`);
    expect(sent.sort()).toEqual(['ACK x', 'ACK y', 'ACK y', 'BYE y']);
    expect(call.state).toBe('answered');
  });

  it('hears early audio and takes the answer of the 200', async () => {
    const { call, peer, invite } = await callPeer();
    const early = new Promise<void>((resolve) => call.once('earlyMedia', resolve));
    peer.send(respond(invite, 183, { toTag: 'x', headers: [contact], body: description(4000) }));
    wire.run(20);
    await early;
    expect([call.state, call.session.agreed?.remote.port]).toEqual(['ringing', 4000]);
    peer.send(respond(invite, 200, { toTag: 'x', headers: [contact], body: description(4002) }));
    wire.run(20);
    expect([call.state, call.session.agreed?.remote.port]).toEqual(['answered', 4002]);
  });

  it('follows the route set, loosely', async () => {
    const { call, peer, invite } = await callPeer();
    const routes = ['<sip:p1.example;lr>', '<sip:p2.example;lr>'].map(
      (value) => ['Record-Route', value] as const,
    );
    peer.send(respond(invite, 200, { toTag: 'x', headers: [...routes, contact], body: description() }));
    wire.run(20);
    expect(peer.request('ACK')).toMatchObject({ uri: 'sip:callee@far.example' });
    call.hangUp().catch(() => {});
    wire.run(20);
    const bye = peer.request('BYE');
    expect([bye.uri, bye.elements('Route'), bye.cseq.number]).toEqual([
      'sip:callee@far.example',
      ['<sip:p2.example;lr>', '<sip:p1.example;lr>'],
      2,
    ]);
    peer.send(respond(bye, 200));
    wire.run(20);
  });

  it('hangs up when the answer declines audio', async () => {
    const { call, peer, invite } = await callPeer();
    peer.send(respond(invite, 200, { toTag: 'x', headers: [contact], body: description(0) }));
    wire.run(20);
    expect(peer.take().map(({ cseq }) => cseq.method)).toEqual(['ACK', 'BYE']);
    expect(await call.whenEnded()).toMatchObject({ by: 'local', status: 488 });
  });

  it('waits with the CANCEL for a provisional response', async () => {
    const { call, peer, invite } = await callPeer();
    const left = call.hangUp();
    wire.run(100);
    expect(peer.take()).toEqual([]);
    peer.send(respond(invite, 180, { toTag: 'x', headers: [contact] }));
    wire.run(20);
    peer.request('CANCEL');
    peer.send(respond(invite, 487, { toTag: 'x' }));
    wire.run(20);
    await left;
  });
});
