import { composeRequest, respond, type SipRequest, SipResponse } from '@tandem/sip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Peer, VirtualWire } from '../fixture/virtual-wire.ts';
import type { Call } from './call.ts';
import type { Ending } from './ending.ts';
import type { IncomingCall } from './incoming-call.ts';
import type { OutgoingCall } from './outgoing-call.ts';

const sdp = (port = 4000, direction = 'sendrecv'): string =>
  `v=0\r\no=- 1 ${port} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\na=${direction}\r\n`;
const contact = ['Contact', '<sip:callee@far.example>'] as const;

let wire: VirtualWire;

beforeEach(() => {
  wire = new VirtualWire();
});

afterEach(async () => {
  await wire.close();
});

/** A call from a to b, as it rings at b. */
async function ring(): Promise<[OutgoingCall, IncomingCall]> {
  const incoming = wire.callee('b', 'a');
  const call = await wire.agent('a', 'b').call('sip:b@acme.example');
  wire.run(50);
  return [call, await incoming];
}

async function connect(): Promise<[OutgoingCall, IncomingCall]> {
  const [call, incoming] = await ring();
  const answered = incoming.answer();
  wire.run(100);
  await answered;
  return [call, incoming];
}

function ending(call: Call): Promise<Ending> {
  return new Promise((resolve) => call.once('ended', resolve));
}

/** A call from an agent to a peer that the test plays, with the INVITE that the peer has. */
async function callPeer(): Promise<{ call: OutgoingCall; peer: Peer; invite: SipRequest }> {
  const peer = wire.peer('far', 'a');
  const call = await wire.agent('a', 'far').call('sip:callee@acme.example');
  wire.run(20);
  return { call, peer, invite: peer.request('INVITE') };
}

/** A request of a peer that the test plays. */
function request(method: string, lines: Record<string, string> = {}, body = ''): string {
  const headers = {
    Via: 'SIP/2.0/UDP far.example;branch=z9hG4bK1',
    From: '<sip:far@acme.example>;tag=far',
    To: '<sip:b@acme.example>',
    'Call-ID': 'c1',
    CSeq: `1 ${method}`,
    Contact: '<sip:far@far.example>',
    ...lines,
  };
  return composeRequest({ method, uri: 'sip:b@b.example', headers: Object.entries(headers), body });
}

function statuses(peer: Peer): number[] {
  return peer.take().flatMap((message) => (message instanceof SipResponse ? [message.status] : []));
}

describe('a call', () => {
  it('rings, is answered and ends for both when one hangs up', async () => {
    const [call, incoming] = await ring();
    const rung = new Promise((resolve) => call.once('ringing', resolve));
    incoming.ring();
    wire.run(50);
    expect([await rung, call.state, incoming.state]).toEqual([180, 'ringing', 'ringing']);
    const answered = incoming.answer();
    wire.run(50);
    await answered;
    await call.whenAnswered();
    const over = ending(incoming);
    const left = call.hangUp();
    wire.run(50);
    await left;
    expect(await over).toEqual({ by: 'remote', status: 200, reason: 'OK' });
    expect(await call.whenEnded()).toMatchObject({ by: 'local', status: 200 });
  });

  it.each([
    ['busy', 486, 'Busy Here'],
    ['declined', 603, 'Decline'],
    ['not there', 480, 'Temporarily Unavailable'],
  ])('is refused: %s', async (_, status, reason) => {
    const [call, incoming] = await ring();
    incoming.reject(status);
    const refused = expect(call.whenAnswered()).rejects.toThrow(`call-refused: ${status} ${reason}`);
    wire.run(50);
    await refused;
    expect(await call.whenEnded()).toEqual({ by: 'remote', status, reason });
    expect(await incoming.whenEnded()).toEqual({ by: 'local', status, reason });
  });

  it('is cancelled', async () => {
    const [call, incoming] = await ring();
    incoming.ring();
    wire.run(50);
    const left = call.hangUp();
    wire.run(50);
    await left;
    expect(await call.whenEnded()).toMatchObject({ by: 'local', status: 487 });
    expect(await incoming.whenEnded()).toMatchObject({ by: 'remote', status: 487 });
  });

  it('is hung up at once when the answer crosses the CANCEL', async () => {
    const [call, incoming] = await ring();
    incoming.ring();
    wire.run(50);
    wire.loses = (message) => message.cseq.method === 'CANCEL';
    const left = call.hangUp();
    const answered = incoming.answer();
    wire.run(200);
    await left;
    await answered;
    expect(await call.whenEnded()).toMatchObject({ by: 'local', status: 487 });
    expect(await incoming.whenEnded()).toMatchObject({ by: 'remote', status: 200 });
  });

  it('is not answered after the ring time of the caller', async () => {
    const [call, incoming] = await ring();
    incoming.ring();
    wire.run(60_200);
    expect((await call.whenEnded()).status).toBe(487);
    expect(await incoming.whenEnded()).toMatchObject({ by: 'remote', status: 487 });
  });

  it('ends when the proxy says nothing at all', async () => {
    const call = await wire.agent('a', 'nobody', { answerWithin: 3_000 }).call('sip:b@acme.example');
    wire.run(3_100);
    expect(await call.whenEnded()).toEqual({
      by: 'local',
      status: 408,
      reason: 'proxy-silent: udp://nobody.example: no answer to INVITE',
    });
  });

  it('holds and resumes', async () => {
    const [call, incoming] = await connect();
    const heard: boolean[] = [];
    incoming.on('held', (held) => heard.push(held));
    const held = call.hold();
    wire.run(100);
    await held;
    expect([call.session.agreed?.receiving, incoming.session.agreed?.sending]).toEqual([false, false]);
    const resumed = call.resume();
    wire.run(100);
    await resumed;
    expect([call.session.agreed?.receiving, incoming.session.agreed?.sending]).toEqual([true, true]);
    expect(heard).toEqual([true, false]);
  });

  it('survives a glare: both re-INVITEs meet 491 and come again one after the other', async () => {
    const [call, incoming] = await connect();
    const both = Promise.all([call.hold(), incoming.hold()]);
    wire.run(5_000);
    await both;
    expect([call.session.agreed?.sending, incoming.session.agreed?.sending]).toEqual([false, false]);
  });

  it.each(['OPTIONS', 'INFO', 'UPDATE'])('takes %s within it', async (method) => {
    const [call] = await connect();
    const response = call.request(method);
    wire.run(50);
    expect((await response).status).toBe(200);
  });

  it('takes an offer by UPDATE', async () => {
    const [call, incoming] = await connect();
    const body = sdp(4000, 'sendonly');
    const response = call.request('UPDATE', { headers: [['Content-Type', 'application/sdp']], body });
    wire.run(50);
    expect((await response).body).toContain('a=recvonly');
    expect(incoming.session.agreed?.sending).toBe(false);
  });

  it('ends when the other side does not know it any more', async () => {
    const [call, incoming] = await connect();
    incoming.over({ by: 'local', status: 200, reason: 'crashed' });
    const response = call.request('OPTIONS');
    wire.run(50);
    expect((await response).status).toBe(481);
    expect(await call.whenEnded()).toMatchObject({ by: 'remote', status: 481 });
  });

  it('takes no hold before the answer', async () => {
    const [call] = await ring();
    await expect(call.hold()).rejects.toThrow('call-not-in-progress: the call is calling');
  });
});

describe('a caller', () => {
  it('acknowledges each repetition of the 200', async () => {
    const { peer, invite } = await callPeer();
    const ok = respond(invite, 200, { toTag: 'x', headers: [contact], body: sdp() });
    for (let time = 0; time < 3; time++) peer.send(ok);
    wire.run(50);
    const acks = peer.take().map((message) => `${message.cseq.number} ${message.cseq.method}`);
    expect(acks).toEqual(['1 ACK', '1 ACK', '1 ACK']);
  });

  it('acknowledges the 200 of another branch and hangs up there', async () => {
    const { call, peer, invite } = await callPeer();
    for (const toTag of ['x', 'y', 'y'])
      peer.send(respond(invite, 200, { toTag, headers: [contact], body: sdp() }));
    wire.run(50);
    const sent = peer.take().map((message) => `${message.cseq.method} ${message.to.params.get('tag')}`);
    expect(sent.sort()).toEqual(['ACK x', 'ACK y', 'ACK y', 'BYE y']);
    expect(call.state).toBe('answered');
  });

  it('hears early audio and takes the answer of the 200', async () => {
    const { call, peer, invite } = await callPeer();
    const early = new Promise<void>((resolve) => call.once('earlyMedia', resolve));
    peer.send(respond(invite, 183, { toTag: 'x', headers: [contact], body: sdp(4000) }));
    wire.run(20);
    await early;
    expect([call.state, call.session.agreed?.remote.port]).toEqual(['ringing', 4000]);
    peer.send(respond(invite, 200, { toTag: 'x', headers: [contact], body: sdp(4002) }));
    wire.run(20);
    expect([call.state, call.session.agreed?.remote.port]).toEqual(['answered', 4002]);
  });

  it('follows the route set, loosely', async () => {
    const { call, peer, invite } = await callPeer();
    const routes = ['<sip:p1.example;lr>', '<sip:p2.example;lr>'].map(
      (value) => ['Record-Route', value] as const,
    );
    peer.send(respond(invite, 200, { toTag: 'x', headers: [...routes, contact], body: sdp() }));
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
    peer.send(respond(invite, 200, { toTag: 'x', headers: [contact], body: sdp(0) }));
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

describe('a callee', () => {
  it('repeats its 200 until the ACK', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, sdp()));
    wire.run(20);
    const call = await incoming;
    const answered = call.answer();
    wire.run(3_600);
    expect(statuses(peer)).toEqual([200, 200, 200, 200]);
    const to = `<sip:b@acme.example>;tag=${call.localTag}`;
    peer.send(request('ACK', { To: to, Via: 'SIP/2.0/UDP far.example;branch=z9hG4bK2' }));
    wire.run(10_000);
    await answered;
    expect(statuses(peer)).toEqual([]);
  });

  it('hangs up when no ACK comes', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, sdp()));
    wire.run(20);
    const call = await incoming;
    const refused = expect(call.answer()).rejects.toThrow('call-refused: 408 no ACK');
    wire.run(32_100);
    await refused;
    expect(peer.request('BYE').uri).toBe('sip:far@far.example');
  });

  it('offers when the INVITE does not, and takes the answer of the ACK', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE'));
    wire.run(20);
    const call = await incoming;
    const answered = call.answer();
    wire.run(20);
    expect(peer.take()[0]!.body).toContain('m=audio');
    const to = `<sip:b@acme.example>;tag=${call.localTag}`;
    peer.send(request('ACK', { To: to, Via: 'SIP/2.0/UDP far.example;branch=z9hG4bK2' }, sdp(4004)));
    wire.run(20);
    await answered;
    expect(call.session.agreed?.remote.port).toBe(4004);
  });

  it('gives back the Record-Route of the INVITE and routes by it', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', { 'Record-Route': '<sip:p2.example;lr>, <sip:p1.example;lr>' }, sdp()));
    wire.run(20);
    const call = await incoming;
    const answered = call.answer();
    wire.run(20);
    expect(peer.take()[0]!.elements('Record-Route')).toEqual(['<sip:p2.example;lr>', '<sip:p1.example;lr>']);
    const to = `<sip:b@acme.example>;tag=${call.localTag}`;
    peer.send(request('ACK', { To: to, Via: 'SIP/2.0/UDP far.example;branch=z9hG4bK2' }));
    wire.run(20);
    await answered;
    call.hangUp().catch(() => {});
    wire.run(20);
    expect(peer.request('BYE').elements('Route')).toEqual(['<sip:p2.example;lr>', '<sip:p1.example;lr>']);
  });

  it('refuses an offer without a common codec', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, sdp().replace('AVP 8', 'AVP 18')));
    wire.run(20);
    const call = await incoming;
    await expect(call.answer()).rejects.toThrow('sdp-not-acceptable');
    wire.run(20);
    expect(statuses(peer)).toEqual([488]);
  });

  it('answers the INVITE 487 when a BYE comes before the answer', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, sdp()));
    wire.run(20);
    const call = await incoming;
    const to = `<sip:b@acme.example>;tag=${call.localTag}`;
    peer.send(
      request('BYE', {
        To: to,
        CSeq: '2 BYE',
        Via: 'SIP/2.0/UDP far.example;branch=z9hG4bK2',
        Reason: 'SIP;cause=200',
      }),
    );
    wire.run(20);
    expect(new Set(statuses(peer))).toEqual(new Set([200, 487]));
    expect(await call.whenEnded()).toEqual({ by: 'remote', status: 200, reason: 'SIP;cause=200' });
  });
});

describe('a user agent', () => {
  const elsewhere = { To: '<sip:b@acme.example>;tag=gone' };

  it.each([
    ['OPTIONS', {}, 200],
    ['INFO', {}, 200],
    ['UPDATE', {}, 200],
    ['BYE', {}, 481],
    ['OPTIONS', elsewhere, 481],
    ['INVITE', elsewhere, 481],
    ['CANCEL', {}, 481],
    ['SUBSCRIBE', {}, 501],
    ['OPTIONS', { Require: '100rel' }, 420],
  ])('answers %s %o with %i', (method, lines, status) => {
    wire.agent('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request(method, lines));
    wire.run(20);
    expect(statuses(peer)).toEqual([status]);
  });

  it('takes an INVITE that comes by two ways once', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, sdp()));
    peer.send(request('INVITE', { Via: 'SIP/2.0/UDP far.example;branch=z9hG4bK2' }, sdp()));
    wire.run(20);
    await incoming;
    expect(statuses(peer)).toEqual([482]);
  });

  it('answers an INVITE that was cancelled before anybody saw it', () => {
    wire.agent('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, sdp()));
    peer.send(request('CANCEL'));
    wire.run(20);
    expect(new Set(statuses(peer))).toEqual(new Set([200, 487]));
  });

  it('drops what is no SIP message', () => {
    const agent = wire.agent('b', 'far');
    const peer = wire.peer('far', 'b');
    const flow = agent.core.flow();
    for (const text of ['', '\r\n\r\n', 'hello', 'OPTIONS sip:b SIP/2.0\r\n\r\n']) agent.received(text, flow);
    wire.run(20);
    expect(peer.received).toEqual([]);
  });
});
