import { createLog } from '@tandem/platform';
import { parseMessage, type SipRequest } from '@tandem/sip';
import { it } from 'vitest';
import { createCounters } from '../counters.ts';
import type { Flow } from '../socket/flow.ts';
import { Guard } from './guard.ts';
import { knownScanners } from './scanners.ts';

const log = createLog({ level: 'silent', node: 'n', destination: { write: () => undefined } });
const edges = new Set(['198.51.100.7:5060']);
let now = 1_800_000_000_000;
const guard = new Guard({
  settings: {
    nodeId: 'edge-1',
    sipSourceRate: 1_000_000,
    sipBanFor: 3_600,
    sipTrusted: [],
    sipScanners: knownScanners,
    sipEmergency: ['112'],
  },
  counters: createCounters(),
  log,
  now: () => now++,
  edges: () => edges,
  tell: () => {},
});
for (let host = 0; host < 5_000; host++)
  guard.bans.order({ ban: `10.1.${host >> 8}.${host & 255}`, seconds: 3_600 });

const text = [
  'INVITE sip:1002@acme.example SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1',
  'From: <sip:1001@acme.example>;tag=a',
  'To: <sip:1002@acme.example>',
  'Call-ID: c1',
  'CSeq: 1 INVITE',
  'User-Agent: Yealink SIP-T46S 66.86.0.15',
  'Proxy-Authorization: Digest username="1001"',
  '',
  '',
].join('\r\n');
const request = parseMessage(text) as SipRequest;

function flow(host: string): Flow {
  return { host, reliable: false } as Flow;
}

const [stranger, trusted, six] = ['192.0.2.4', '127.0.0.1', '2001:db8::4'].map(flow);

it('what looking at a source costs, with 5,000 bans', async ({ bench }) => {
  await bench.compare(
    bench('a message of a stranger: is it banned, is it within the rate', () => {
      if (!guard.isBanned(stranger!.host)) guard.takes(stranger!);
    }),
    bench('the same over IPv6', () => {
      if (!guard.isBanned(six!.host)) guard.takes(six!);
    }),
    bench('the same of who is trusted', () => {
      if (!guard.isBanned(trusted!.host)) guard.takes(trusted!);
    }),
    bench('a request that begins something', () => {
      guard.weigh(request, stranger!);
    }),
    bench('reading that request, to compare', () => {
      parseMessage(text);
    }),
  );
});
