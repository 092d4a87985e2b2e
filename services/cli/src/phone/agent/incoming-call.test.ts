import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { description, request, statuses } from '../fixture/messages.ts';
import { VirtualWire } from '../fixture/virtual-wire.ts';

let wire: VirtualWire;

beforeEach(() => {
  wire = new VirtualWire();
});

afterEach(async () => {
  await wire.close();
});

describe('a callee', () => {
  it('repeats its 200 until the ACK', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, description()));
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
    peer.send(request('INVITE', {}, description()));
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
    peer.send(request('ACK', { To: to, Via: 'SIP/2.0/UDP far.example;branch=z9hG4bK2' }, description(4004)));
    wire.run(20);
    await answered;
    expect(call.session.agreed?.remote.port).toBe(4004);
  });

  it('gives back the Record-Route of the INVITE and routes by it', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(
      request('INVITE', { 'Record-Route': '<sip:p2.example;lr>, <sip:p1.example;lr>' }, description()),
    );
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
    peer.send(request('INVITE', {}, description().replace('AVP 8', 'AVP 18')));
    wire.run(20);
    const call = await incoming;
    await expect(call.answer()).rejects.toThrow('sdp-not-acceptable');
    wire.run(20);
    expect(statuses(peer)).toEqual([488]);
  });

  it('answers the INVITE 487 when a BYE comes before the answer', async () => {
    const incoming = wire.callee('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, description()));
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
