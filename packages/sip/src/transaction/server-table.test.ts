import { describe, expect, it } from 'vitest';
import { respond } from '../message/respond.ts';
import { Recorder } from './recorder.ts';
import { request, type Sample } from './sample.ts';

const udp = { reliable: false };
const tcp = { reliable: true };

function arrived(method: string, flow = udp, sample: Sample = {}): Recorder {
  const recorder = new Recorder();
  recorder.receive(request(method, sample), flow);
  recorder.log();
  return recorder;
}

function answer(recorder: Recorder, status: number, index = 0): void {
  const tx = recorder.servers[index]!;
  recorder.layer.respond(tx, respond(tx.request, status, { toTag: 'b' }), recorder.now);
}

describe('INVITE server transaction in the layer', () => {
  it('hands a request to the user once', () => {
    const recorder = new Recorder();
    recorder.receive(request('INVITE'), udp);
    recorder.receive(request('INVITE'), udp);
    expect(recorder.log()).toEqual(['request INVITE']);
    expect(recorder.present()).toEqual({ 'invite-server': '1+0' });
  });

  it('answers 100 by itself after 200 ms, and again when the INVITE is sent again', () => {
    const recorder = arrived('INVITE');
    recorder.pass(190);
    expect(recorder.log()).toEqual([]);
    recorder.pass(10);
    expect(recorder.log()).toEqual(['send 100']);
    expect(recorder.sent[0]).not.toContain('tag=b');
    recorder.receive(request('INVITE'), udp);
    expect(recorder.log()).toEqual(['send 100']);
  });

  it('does not when the user was faster', () => {
    const recorder = arrived('INVITE');
    answer(recorder, 180);
    recorder.pass(5_000);
    expect(recorder.log()).toEqual(['send 180']);
  });

  it('absorbs an INVITE after a 2xx for 32 s, and lets further 2xx pass', () => {
    const recorder = arrived('INVITE');
    answer(recorder, 200);
    expect(recorder.present()).toEqual({ 'invite-server': '0+1' });
    recorder.receive(request('INVITE'), udp);
    recorder.pass(31_990);
    answer(recorder, 200);
    expect(recorder.log()).toEqual(['send 200', 'send 200']);
    recorder.pass(10);
    answer(recorder, 200);
    expect(recorder.log()).toEqual([]);
    expect(recorder.present()).toEqual({});
    expect(recorder.layer.wheel.size).toBe(0);
  });

  it('repeats a failure until the ACK, then absorbs ACKs for T4', () => {
    const recorder = arrived('INVITE');
    answer(recorder, 486);
    recorder.pass(7_500);
    recorder.receive(request('INVITE'), udp);
    expect(recorder.log()).toEqual(Array(6).fill('send 486'));
    recorder.receive(request('ACK'), udp);
    expect(recorder.present()).toEqual({ 'invite-server': '0+1' });
    recorder.receive(request('ACK'), udp);
    recorder.receive(request('INVITE'), udp);
    recorder.pass(5_000);
    expect(recorder.log()).toEqual([]);
    expect(recorder.present()).toEqual({});
    expect(recorder.layer.wheel.size).toBe(0);
  });

  it('tells the user when the ACK of a failure never comes', () => {
    const recorder = arrived('INVITE', tcp);
    answer(recorder, 486);
    recorder.pass(32_000);
    expect(recorder.log()).toEqual(['send 486', 'expired INVITE']);
    expect(recorder.present()).toEqual({});
  });

  it('is gone at once when it is answered without a transaction', () => {
    const recorder = arrived('INVITE');
    const tx = recorder.servers[0]!;
    recorder.layer.respondOnce(tx, respond(tx.request, 407), recorder.now);
    recorder.layer.respond(tx, respond(tx.request, 200), recorder.now);
    recorder.layer.discard(tx, recorder.now);
    expect(recorder.present()).toEqual({});
    recorder.pass(40_000);
    recorder.receive(request('ACK'), udp);
    expect(recorder.log()).toEqual(['send 407', 'ack']);
    expect(recorder.layer.wheel.size).toBe(0);
  });

  it('hands the ACK of a 2xx to the user, also one with the branch of the INVITE', () => {
    const recorder = arrived('INVITE');
    answer(recorder, 200);
    recorder.receive(request('ACK', { branch: 'z9hG4bKother' }), udp);
    recorder.receive(request('ACK'), udp);
    expect(recorder.log()).toEqual(['send 200', 'ack', 'ack']);
  });

  it('takes the ACK of an RFC 2543 client by the tag of its response', () => {
    const via = 'SIP/2.0/UDP a.example';
    const recorder = arrived('INVITE', udp, { via });
    answer(recorder, 486);
    recorder.receive(request('ACK', { via, toTag: 'another' }), udp);
    expect(recorder.log()).toEqual(['send 486', 'ack']);
    recorder.receive(request('ACK', { via, toTag: 'b' }), udp);
    recorder.receive(request('ACK', { via, toTag: 'b' }), udp);
    expect(recorder.log()).toEqual([]);
    expect(recorder.present()).toEqual({ 'invite-server': '0+1' });
  });

  it('takes the ACK of an RFC 2543 client within a dialog', () => {
    const sample = { via: 'SIP/2.0/UDP a.example', toTag: 'b' };
    const recorder = arrived('INVITE', udp, sample);
    answer(recorder, 488);
    recorder.receive(request('ACK', sample), udp);
    expect(recorder.log()).toEqual(['send 488']);
    expect(recorder.present()).toEqual({ 'invite-server': '0+1' });
  });
});

describe('CANCEL in the layer', () => {
  it('finds its INVITE', () => {
    const recorder = arrived('INVITE');
    recorder.servers[0]!.user = { name: 'call' };
    recorder.receive(request('CANCEL'), udp);
    recorder.receive(request('CANCEL'), udp);
    expect(recorder.log()).toEqual(['cancel call']);
    answer(recorder, 200, 1);
    answer(recorder, 487, 0);
    expect(recorder.log()).toEqual(['send 200', 'send 487']);
  });

  it.each([200, 486])('comes too late for an INVITE that is answered %i', (status) => {
    const recorder = arrived('INVITE');
    recorder.servers[0]!.user = { name: 'call' };
    answer(recorder, status);
    recorder.receive(request('CANCEL'), udp);
    expect(recorder.log()).toEqual([`send ${status}`, 'cancel what is over']);
  });

  it('is a request like others when it matches nothing', () => {
    const recorder = arrived('INVITE');
    recorder.receive(request('CANCEL', { branch: 'z9hG4bK2' }), udp);
    expect(recorder.log()).toEqual(['request CANCEL']);
  });

  it('does not match a request that is no INVITE', () => {
    const recorder = arrived('OPTIONS');
    recorder.receive(request('CANCEL'), udp);
    expect(recorder.log()).toEqual(['request CANCEL']);
  });
});

describe('non-INVITE server transaction in the layer', () => {
  it('repeats its final response for 32 s', () => {
    const recorder = arrived('OPTIONS');
    recorder.receive(request('OPTIONS'), udp);
    answer(recorder, 200);
    recorder.pass(31_990);
    recorder.receive(request('OPTIONS'), udp);
    expect(recorder.log()).toEqual(['send 200', 'send 200']);
    recorder.pass(10);
    expect(recorder.present()).toEqual({});
    recorder.receive(request('OPTIONS'), udp);
    expect(recorder.log()).toEqual(['request OPTIONS']);
  });

  it('is over with its final response on a reliable flow', () => {
    const recorder = arrived('OPTIONS', tcp);
    answer(recorder, 200);
    expect(recorder.log()).toEqual(['send 200']);
    expect(recorder.present()).toEqual({});
    expect(recorder.layer.wheel.size).toBe(0);
  });

  it('answers 100 when the client has come to T2, and nothing when it has given up (RFC 4320)', () => {
    const recorder = arrived('OPTIONS');
    answer(recorder, 183);
    answer(recorder, 100);
    recorder.pass(3_490);
    expect(recorder.log()).toEqual([]);
    recorder.pass(10);
    expect(recorder.log()).toEqual(['send 100']);
    recorder.pass(28_500);
    answer(recorder, 200);
    expect(recorder.log()).toEqual(['expired OPTIONS']);
    expect(recorder.present()).toEqual({});
  });
});
