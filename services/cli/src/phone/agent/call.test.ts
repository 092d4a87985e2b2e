import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { description } from '../fixture/messages.ts';
import { VirtualWire } from '../fixture/virtual-wire.ts';
import type { Call } from './call.ts';
import type { Ending } from './ending.ts';
import type { IncomingCall } from './incoming-call.ts';
import type { OutgoingCall } from './outgoing-call.ts';

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
    const body = description(4000, 'sendonly');
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
