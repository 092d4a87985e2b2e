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
    ['INVITE', { Contact: '*' }, 400],
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
    peer.send(request('INVITE', {}, description()));
    peer.send(request('INVITE', { Via: 'SIP/2.0/UDP far.example;branch=z9hG4bK2' }, description()));
    wire.run(20);
    await incoming;
    expect(statuses(peer)).toEqual([482]);
  });

  it('answers an INVITE that was cancelled before anybody saw it', () => {
    wire.agent('b', 'far');
    const peer = wire.peer('far', 'b');
    peer.send(request('INVITE', {}, description()));
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
