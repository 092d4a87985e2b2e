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

it('survives a message that cannot be served, and says why', () => {
  const lines: string[] = [];
  const log = createLog({
    level: 'error',
    node: 'edge-1',
    destination: { write: (line) => lines.push(line) },
  });
  const counters = createCounters();
  const layer = {
    receive: () => {
      throw new Error('nobody foresaw this');
    },
  };
  const guard = { takes: () => true, weigh: () => 'taken' };
  const load = { welcome: () => 'yes' };
  const parts = { counters, guard, layer, load, log, now: () => 0 } as unknown as EdgeParts;
  const flow = { transport: 'udp', host: '192.0.2.4', port: 5060, repliesTo: () => flow } as unknown as Flow;
  new Reception(parts, new Vouchers()).received(request, flow);
  expect(counters).toMatchObject({ received: { udp: 1 }, dropped: 1 });
  expect(JSON.parse(lines.join(''))).toMatchObject({
    msg: 'a message could not be served',
    source: '192.0.2.4',
    err: { message: 'nobody foresaw this' },
    stack: expect.stringContaining('reception.test.ts'),
  });
});
