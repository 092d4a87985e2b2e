import { createLog } from '@tandem/platform';
import { expect, it } from 'vitest';
import { createCounters } from './counters.ts';
import type { EdgeParts } from './parts.ts';
import { Reception } from './reception.ts';
import type { Flow } from './socket/flow.ts';
import { Vouchers } from './vouchers.ts';

const request = [
  'OPTIONS sip:acme.example SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1',
  'From: <sip:1001@acme.example>;tag=a',
  'To: <sip:acme.example>',
  'Call-ID: c1',
  'CSeq: 1 OPTIONS',
  '',
  '',
].join('\r\n');

function open(more: object) {
  const lines: string[] = [];
  const sent: string[] = [];
  const log = createLog({
    level: 'error',
    node: 'edge-1',
    destination: { write: (line) => lines.push(line) },
  });
  const counters = createCounters();
  const guard = { takes: () => true, weigh: () => 'taken' };
  const load = { welcome: () => 'yes', refused: () => 5, hasAnswered: () => false };
  const send = (message: string): void => void sent.push(message);
  const parts = { counters, guard, load, log, send, now: () => 0, ...more } as unknown as EdgeParts;
  const flow = { transport: 'udp', host: '192.0.2.4', port: 5060, repliesTo: () => flow } as unknown as Flow;
  const soon = (call: () => void): void => call();
  const reception = new Reception(parts, new Vouchers(), { sheds: true, soon, after: soon });
  return { counters, lines, sent, receive: (text: string) => reception.received(text, flow) };
}

it('answers what it has no room for without a transaction, each time alike, and drops the ACK unread', () => {
  const received: unknown[] = [];
  const layer = { receive: (message: unknown) => received.push(message) < 0 };
  const { counters, receive, sent } = open({ layer });
  receive(request);
  receive(request);
  expect(sent[0]).toBe(sent[1]);
  expect(sent[0]).toMatch(/^SIP\/2\.0 503 .*\r\nRetry-After: 5\r\n/s);
  const [, tag] = /\r\nTo: .*;tag=(\S+)\r\n/.exec(sent[0]!)!;
  receive(
    request
      .replaceAll('OPTIONS', 'ACK')
      .replace('To: <sip:acme.example>', `To: <sip:acme.example>;tag=${tag}`),
  );
  expect([received.length, counters.shed, counters.dropped]).toEqual([2, 2, 1]);
  receive(request.replaceAll('OPTIONS', 'ACK'));
  expect(received.length).toBe(3);
});

it('survives a message that cannot be served, and says why', () => {
  const layer = {
    receive: () => {
      throw new Error('nobody foresaw this');
    },
  };
  const { counters, lines, receive } = open({ layer });
  receive(request);
  expect(counters).toMatchObject({ received: { udp: 1 }, dropped: 1 });
  expect(JSON.parse(lines.join(''))).toMatchObject({
    msg: 'a message could not be served',
    source: '192.0.2.4',
    err: { message: 'nobody foresaw this' },
    stack: expect.stringContaining('reception.test.ts'),
  });
});
