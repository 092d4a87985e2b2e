import { createLog, decodeBatch, MemoryBus, Metrics, type TraceBatch, traceSubject } from '@tandem/platform';
import { Fault, type FaultKind, parseMessage, type SipRequest, type SipResponse } from '@tandem/sip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { targetUnreachable } from '../faults.ts';
import type { Flow } from '../socket/flow.ts';
import { Ladder } from './ladder.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const call = '0b7e0ccd-43ad-4a1b-8dbf-3d1a6a3f0f1e';
const flow = {
  transport: 'udp',
  host: '192.0.2.1',
  port: 5070,
  listener: { advertised: '192.0.2.9:5060' },
} as unknown as Flow;

function text(first: string, cseq = first.split(' ')[0], more: readonly string[] = []): string {
  const headers = [
    'Via: SIP/2.0/UDP h;branch=z9hG4bK1',
    'From: <sip:1001@acme.example>;tag=1',
    'To: <sip:1002@acme.example>',
    'Call-ID: c@h',
    `CSeq: 1 ${cseq}`,
    'Max-Forwards: 70',
    ...more,
  ];
  return [first, ...headers, 'Content-Length: 0', '', ''].join('\r\n');
}

const invite = text('INVITE sip:1002@acme.example SIP/2.0');

function parsed(from: string): SipRequest | SipResponse {
  const message = parseMessage(from);
  if ('kind' in message) throw new Error((message.kind as FaultKind).meaning);
  return message;
}

describe('Ladder', () => {
  let now: number;
  let bus: MemoryBus;
  let ladder: Ladder;
  let told: { subject: string; batch: TraceBatch }[];

  beforeEach(() => {
    now = 1_000;
    told = [];
    bus = new MemoryBus({ log, now: () => now });
    bus.subscribe('tandem.>', ({ subject, payload }) => told.push({ subject, batch: decodeBatch(payload)! }));
    const metrics = new Metrics({ region: 'eu', node: 'edge-1', log });
    ladder = new Ladder({ bus, region: 'eu', node: 'edge-1', log, metrics, now: () => now });
  });
  afterEach(() => ladder.close());

  /** What is told when no message has come since `until`. */
  async function tell(until = now): Promise<TraceBatch[]> {
    ladder.tell(until);
    await new Promise((resolve) => setImmediate(resolve));
    return told.splice(0).map(({ batch }) => batch);
  }

  it('tells of what passes outside under another Call-ID as of the same call', async () => {
    ladder.alias('c-outside', 'c@h');
    ladder.received(parsed(invite), flow);
    ladder.sent(invite.replace('Call-ID: c@h', 'Call-ID: c-outside'), flow);
    const batches = await tell();
    expect(batches.map(({ callId }) => callId)).toEqual(['c@h']);
  });

  it('tells what passed, in order, each with its way', async () => {
    ladder.received(parsed(invite), flow);
    now = 1_001;
    ladder.sent(text('SIP/2.0 100 Trying', 'INVITE'), flow);
    const [batch] = await tell();
    expect(batch).toMatchObject({ node: 'edge-1', callId: 'c@h', call: '' });
    const way = { kind: 'message', transport: 'udp', local: '192.0.2.9:5060', peer: '192.0.2.1:5070' };
    expect(batch!.entries).toEqual([
      { ...way, at: 1_000, direction: 'received', text: invite },
      { ...way, at: 1_001, direction: 'sent', text: text('SIP/2.0 100 Trying', 'INVITE') },
    ]);
  });

  it('tells why a message could not be sent', async () => {
    ladder.sent(invite, flow);
    ladder.unsendable('c@h', new Fault(targetUnreachable, 'connection refused 192.0.2.1:5070'));
    const [batch] = await tell();
    expect(batch!.entries[1]).toMatchObject({
      kind: 'note',
      part: 'signaling',
      text: 'target-unreachable: connection refused 192.0.2.1:5070',
    });
  });

  it('waits until a call is quiet', async () => {
    ladder.received(parsed(invite), flow);
    now = 1_400;
    ladder.sent(text('SIP/2.0 180 Ringing', 'INVITE'), flow);
    expect(await tell(1_399)).toEqual([]);
    expect((await tell(1_400))[0]!.entries).toHaveLength(2);
    expect(await tell()).toEqual([]);
  });

  it('does not wait when there is much to tell', async () => {
    const large = text('INVITE sip:1002@acme.example SIP/2.0', 'INVITE', [`Subject: ${'x'.repeat(40_000)}`]);
    ladder.sent(large, flow);
    expect(await tell(0)).toEqual([]);
    ladder.sent(large, flow);
    expect(await tell(0)).toHaveLength(1);
  });

  it.each(['REGISTER', 'OPTIONS'])('is not concerned with %s', async (method) => {
    const request = text(`${method} sip:acme.example SIP/2.0`);
    ladder.received(parsed(request), flow);
    ladder.received(parsed(text('SIP/2.0 200 OK', method)), flow);
    ladder.sent(request, flow);
    ladder.sent(text('SIP/2.0 200 OK', method), flow);
    ladder.sent(text('SIP/2.0 200 OK', method).replace('CSeq: ', 'cseq:\t').replace('Call-ID', 'i'), flow);
    expect(await tell()).toEqual([]);
  });

  it('finds the Call-ID however it is written', async () => {
    for (const name of ['Call-ID', 'call-id', 'i', 'I ', 'CALL-ID\t'])
      ladder.sent(text('SIP/2.0 180 Ringing', 'INVITE').replace('Call-ID', name), flow);
    const batches = await tell();
    expect(batches.map(({ callId }) => callId)).toEqual(['c@h']);
    expect(batches[0]!.entries).toHaveLength(5);
  });

  it('tells no credentials', async () => {
    const digest = 'Proxy-Authorization: Digest username="1001", response="0123abcd"';
    const request = parsed(text('INVITE sip:1002@acme.example SIP/2.0', 'INVITE', [digest]));
    ladder.received(request, flow);
    const [batch] = await tell();
    expect(JSON.stringify(batch)).not.toContain('0123abcd');
  });

  describe('of a call that a router let through', () => {
    const request = { method: 'INVITE', callId: 'c@h', key: call };
    const target = { uri: 'sip:1002@192.0.2.2', route: [] };
    const verdict = {
      id: 0,
      decision: { $case: 'relay', value: { groups: [{ targets: [target], ringTimeout: 20 }] } },
      explanation: [{ rule: 'identity', finding: '1001@acme, proven by digest' }],
      configuration: '',
    };
    const decide = (): void => ladder.decided(request as never, verdict as never);

    it('tells the verdict with its reasons, and the call by both of its ids', async () => {
      ladder.received(parsed(invite), flow);
      decide();
      ladder.tell(now);
      await new Promise((resolve) => setImmediate(resolve));
      const [{ subject, batch }] = told as [(typeof told)[number]];
      expect(subject).toBe(traceSubject('eu', { callId: 'c@h', call }));
      const words = [
        `relay, call ${call}`,
        'identity: 1001@acme, proven by digest',
        'ring sip:1002@192.0.2.2 for 20 s',
      ];
      expect(batch.entries[1]).toEqual({ kind: 'note', at: 1_000, part: 'router', text: words.join('\n') });
    });

    it('puts what is known by its id alone beside its messages', async () => {
      decide();
      await tell();
      ladder.received(parsed(text('BYE sip:1002@192.0.2.2 SIP/2.0')), flow);
      ladder.note(call, 'media', () => 'closed');
      const batches = await tell();
      expect(batches).toMatchObject([
        { callId: 'c@h', call, entries: [{ kind: 'message' }, { text: 'closed' }] },
      ]);
    });
  });

  it('tells of a call that it has not seen by its id alone', async () => {
    ladder.note(call, 'media', () => 'closed');
    expect(await tell()).toMatchObject([{ callId: '', call }]);
  });

  it('lets nobody who is refused push out the calls of others', async () => {
    for (let index = 0; index < 200; index++) {
      const scanned = invite.replace('c@h', `c${index}@h`);
      ladder.received(parsed(scanned), flow);
      ladder.sent(
        text('SIP/2.0 407 Proxy Authentication Required', 'INVITE').replace('c@h', `c${index}@h`),
        flow,
      );
    }
    ladder.sent(invite, flow);
    const batches = await tell();
    expect(batches).toHaveLength(51);
    expect(batches.at(-1)!.callId).toBe('c@h');
    expect(ladder.counters).toEqual({ published: 51, withheld: 150, failed: 0, full: 0 });
  });

  it('keeps no more than there is room for', async () => {
    const large = text('INVITE sip:1002@acme.example SIP/2.0', 'INVITE', [`Subject: ${'x'.repeat(60_000)}`]);
    for (let index = 0; index < 1_000; index++) ladder.sent(large.replace('c@h', `c${index}@h`), flow);
    expect(ladder.counters.full).toBeGreaterThan(400);
    expect(ladder.counters.full).toBeLessThan(500);
    await tell();
    ladder.sent(large, flow);
    expect((await tell())[0]!.entries).toHaveLength(1);
  });
});
