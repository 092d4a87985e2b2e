import { describe, expect, it } from 'vitest';
import type { ClientTransaction } from './client-transaction.ts';
import type { Flow } from './listener.ts';
import { Recorder, type User } from './recorder.ts';
import { requestText, responseTo } from './sample.ts';

const udp: Flow = { reliable: false };
const tcp: Flow = { reliable: true };

class Sender extends Recorder {
  readonly texts = new Map<ClientTransaction<Flow, User>, string>();

  start(method: string, flow: Flow, name = method): ClientTransaction<Flow, User> {
    const tx = this.layer.prepare(method, flow, { name }, 'x', this.now)!;
    const text = requestText(method, { branch: tx.branch });
    this.texts.set(tx, text);
    this.layer.request(tx, text, this.now);
    return tx;
  }

  /** The response arrives on another flow: that has no meaning here. */
  answer(tx: ClientTransaction<Flow, User>, status: number): void {
    this.receive(responseTo(this.texts.get(tx)!, status), { reliable: false });
  }
}

describe('INVITE client transaction in the layer', () => {
  it('sends again until a response comes', () => {
    const sender = new Sender();
    const tx = sender.start('INVITE', udp);
    sender.pass(3_000);
    sender.answer(tx, 100);
    sender.pass(30_000);
    expect(sender.log()).toEqual(['send INVITE', 'send INVITE', 'send INVITE', 'INVITE 100']);
  });

  it('has failed after 64*T1 without a response', () => {
    const sender = new Sender();
    sender.start('INVITE', tcp);
    sender.pass(31_990);
    expect(sender.log()).toEqual(['send INVITE']);
    sender.pass(10);
    expect(sender.log()).toEqual(['INVITE timeout']);
    expect(sender.present()).toEqual({});
    expect(sender.layer.wheel.size).toBe(0);
  });

  it('acknowledges a failure, each time it comes', () => {
    const sender = new Sender();
    const tx = sender.start('INVITE', udp);
    sender.answer(tx, 486);
    sender.answer(tx, 486);
    expect(sender.log()).toEqual(['send INVITE', 'send ACK', 'INVITE 486', 'send ACK']);
    expect(sender.present()).toEqual({ 'invite-client': '0+1' });
    sender.pass(32_000);
    expect(sender.present()).toEqual({});
  });

  it('is over after the ACK on a reliable flow', () => {
    const sender = new Sender();
    sender.answer(sender.start('INVITE', tcp), 486);
    expect(sender.log()).toEqual(['send INVITE', 'send ACK', 'INVITE 486']);
    expect(sender.present()).toEqual({});
    expect(sender.layer.wheel.size).toBe(0);
  });

  it('passes every 2xx on for 32 s, also over a reliable flow', () => {
    const sender = new Sender();
    const tx = sender.start('INVITE', tcp);
    sender.answer(tx, 200);
    sender.pass(31_990);
    sender.answer(tx, 200);
    expect(sender.log()).toEqual(['send INVITE', 'INVITE 200', 'INVITE 200']);
    sender.pass(10);
    sender.answer(tx, 200);
    expect(sender.log()).toEqual(['stray 200']);
  });
});

describe('CANCEL of a client transaction', () => {
  it('waits for a provisional response, and its own are told to nobody', () => {
    const sender = new Sender();
    const tx = sender.start('INVITE', udp);
    sender.layer.cancel(tx, sender.now, 'SIP;cause=200');
    sender.layer.cancel(tx, sender.now);
    expect(sender.log()).toEqual(['send INVITE']);
    sender.answer(tx, 100);
    expect(sender.log()).toEqual(['send CANCEL', 'INVITE 100']);
    const cancel = sender.sent[1]!;
    expect(cancel).toContain(`;branch=${tx.branch}\r\n`);
    expect(cancel).toContain('\r\nReason: SIP;cause=200\r\n');
    sender.receive(responseTo(cancel, 200), udp);
    sender.answer(tx, 487);
    expect(sender.log()).toEqual(['send ACK', 'INVITE 487']);
    sender.pass(32_000);
    expect(sender.present()).toEqual({});
    sender.receive(responseTo(cancel, 200), udp);
    expect(sender.log()).toEqual(['stray 200']);
  });

  it('is sent at once after a provisional response, once, and again until it is answered', () => {
    const sender = new Sender();
    const tx = sender.start('INVITE', udp);
    sender.answer(tx, 180);
    sender.layer.cancel(tx, sender.now);
    sender.layer.cancel(tx, sender.now);
    sender.pass(600);
    expect(sender.log()).toEqual(['send INVITE', 'INVITE 180', 'send CANCEL', 'send CANCEL']);
  });

  it('ends an INVITE that nobody answers 64*T1 later (§9.1)', () => {
    const sender = new Sender();
    const tx = sender.start('INVITE', tcp);
    sender.answer(tx, 180);
    sender.layer.cancel(tx, sender.now);
    sender.pass(32_000);
    expect(sender.log()).toEqual(['send INVITE', 'INVITE 180', 'send CANCEL', 'INVITE timeout']);
    expect(sender.present()).toEqual({});
    expect(sender.layer.wheel.size).toBe(0);
  });

  it('leaves alone what is answered, and what is no INVITE', () => {
    const sender = new Sender();
    const invite = sender.start('INVITE', udp);
    const options = sender.start('OPTIONS', udp);
    sender.answer(invite, 200);
    sender.log();
    sender.layer.cancel(invite, sender.now);
    sender.layer.cancel(options, sender.now);
    expect(sender.log()).toEqual([]);
  });
});

describe('client transactions by branch', () => {
  it('lets no late response reach a newer transaction of the same slot', () => {
    const sender = new Sender();
    const first = sender.start('OPTIONS', tcp, 'first');
    sender.answer(first, 200);
    const second = sender.start('OPTIONS', tcp, 'second');
    expect(second.slot).toBe(first.slot);
    sender.log();
    sender.answer(first, 200);
    expect(sender.log()).toEqual(['stray 200']);
    sender.answer(second, 200);
    expect(sender.log()).toEqual(['second 200']);
  });

  it('gives each transaction a slot of its own', () => {
    const sender = new Sender();
    const [first, second] = [sender.start('OPTIONS', tcp), sender.start('OPTIONS', tcp)];
    for (const tx of [first, second]) sender.answer(tx, 200);
    const started = [1, 2, 3].map(() => sender.start('OPTIONS', tcp));
    expect(new Set(started.map(({ slot }) => slot))).toEqual(new Set([0, 1, 2]));
  });

  it('compares the whole branch, and the method in CSeq (RFC 3261 §17.1.3)', () => {
    const sender = new Sender();
    const { branch } = sender.start('OPTIONS', udp);
    sender.log();
    const others = [`${branch}y`, branch.slice(0, -1), branch.toUpperCase(), 'z9hG4bK1'];
    for (const other of others)
      sender.receive(responseTo(requestText('OPTIONS', { branch: other }), 200), udp);
    sender.receive(responseTo(requestText('INFO', { branch }), 200), udp);
    sender.receive(responseTo(requestText('CANCEL', { branch }), 200), udp);
    sender.receive(responseTo(requestText('OPTIONS', { via: 'SIP/2.0/UDP a.example' }), 200), udp);
    expect(sender.log()).toEqual(Array(7).fill('stray 200'));
  });

  it('does not keep a slot that was prepared and never used', () => {
    const sender = new Sender();
    sender.layer.prepare('INVITE', udp, { name: 'idle' }, 'x', 0);
    const dropped = sender.layer.prepare('INVITE', udp, { name: 'dropped' }, 'x', 0)!;
    sender.layer.discard(dropped, 0);
    sender.layer.discard(dropped, 0);
    expect(sender.present()).toEqual({ 'invite-client': '1+0' });
    sender.pass(32_000);
    expect(sender.log()).toEqual(['idle timeout']);
    expect(sender.present()).toEqual({});
  });
});

describe('a transport that fails', () => {
  it('fails one transaction', () => {
    const sender = new Sender();
    const tx = sender.start('OPTIONS', udp);
    sender.layer.unreachable(tx, sender.now);
    sender.layer.unreachable(tx, sender.now);
    expect(sender.log()).toEqual(['send OPTIONS', 'OPTIONS unreachable']);
    expect(sender.layer.wheel.size).toBe(0);
  });

  it('fails what a lost flow has not answered, save an INVITE that rings: it may answer by another', () => {
    const sender = new Sender();
    const ringing = sender.start('INVITE', tcp, 'ringing');
    sender.start('INVITE', tcp, 'calling');
    sender.start('OPTIONS', tcp, 'asking');
    sender.start('OPTIONS', { reliable: true }, 'elsewhere');
    sender.answer(ringing, 180);
    sender.log();
    sender.layer.lost(tcp, sender.now);
    expect(sender.log()).toEqual(['calling unreachable', 'asking unreachable']);
    sender.answer(ringing, 200);
    expect(sender.log()).toEqual(['ringing 200']);
  });

  it('fails all that a lost flow has carried for others: no response can come by another', () => {
    const sender = new Sender();
    const ringing = sender.start('INVITE', { reliable: false, carrier: udp }, 'ringing');
    sender.start('OPTIONS', { reliable: false, carrier: udp }, 'asking');
    sender.start('OPTIONS', { reliable: false, carrier: tcp }, 'elsewhere');
    sender.answer(ringing, 180);
    sender.log();
    sender.layer.lost(udp, sender.now);
    expect(sender.log()).toEqual(['ringing unreachable', 'asking unreachable']);
  });

  it('may fail while sending', () => {
    const sender = new Sender();
    sender.send = () => sender.layer.lost(tcp, sender.now);
    sender.start('INVITE', tcp);
    expect(sender.log()).toEqual(['INVITE unreachable']);
    expect(sender.present()).toEqual({});
    expect(sender.layer.wheel.size).toBe(0);
  });
});
