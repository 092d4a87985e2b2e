import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceBatch } from '@tandem/platform';
import { load, type Snapshot } from '@tandem/resource';
import { expect, it } from 'vitest';
import { batch, seen } from '../trace/fixture.ts';
import { type RecordedCall, recordedCalls } from './recorded.ts';
import { replay } from './replay.ts';

const phone = '192.0.2.1:5060';
const carrier = '203.0.113.9:5060';

function invite(
  uri: string,
  { callId = 'c@h', cseq = 1, from = '<sip:1001@acme.example>;tag=1', more = '' } = {},
): string {
  return (
    `INVITE ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: ${from}\r\n` +
    `To: <${uri}>\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} INVITE\r\n${more}Content-Length: 0\r\n\r\n`
  );
}

const resources = {
  'Tenant/acme': { domains: ['acme.example'], dialPlan: { countryCode: '34', nationalLengths: [9] } },
  'User/acme/1001': { credentials: { password: 'x' } },
  'User/acme/1002': { credentials: { password: 'x' } },
  'Trunk/acme/near': {
    contacts: ['sip:near.example'],
    identify: { sources: ['203.0.113.9'] },
    endpoint: { didFrom: 'To' },
  },
  'Trunk/acme/far': { contacts: ['sip:far.example'] },
  'Number/acme/+34911000001': { destination: { user: '1001' } },
  'Route/acme/world': { match: { prefix: '+' }, trunks: ['near'] },
};

async function snapshotOf(changes: Record<string, object> = {}): Promise<Snapshot> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-replay-'));
  const texts = Object.entries({ ...resources, ...changes }).map(([path, spec]) => {
    const [kind, tenant, own] = path.split('/');
    const metadata = own === undefined ? { name: tenant } : { tenant, name: own };
    return JSON.stringify({ apiVersion: 'tandem/v1', kind, metadata, spec });
  });
  await writeFile(join(folder, 'all.yaml'), texts.join('\n---\n'));
  return load(folder);
}

async function differences(calls: RecordedCall[], changes: Record<string, object>): Promise<string[]> {
  const found: string[] = [];
  const [current, proposed] = await Promise.all([snapshotOf(), snapshotOf(changes)]);
  for await (const { call, before, after } of replay(calls, current, proposed)) {
    found.push(`${call.callId}: ${before} -> ${after}`);
  }
  return found;
}

const recording: TraceBatch[] = [
  batch('edge-1', [
    seen(0, 'received', phone, invite('sip:600111222@acme.example', { callId: 'out' })),
    seen(1, 'sent', phone, 'SIP/2.0 407 x\r\n\r\n'),
    seen(2, 'received', phone, invite('sip:600111222@acme.example', { callId: 'out', cseq: 2 })),
    seen(3, 'sent', carrier, invite('sip:+34600111222@near.example', { callId: 'masked' })),
  ]),
  batch('edge-2', [
    seen(4, 'received', '192.0.2.9:5060', invite('sip:600111222@acme.example', { callId: 'out', cseq: 2 })),
    seen(5, 'received', phone, invite('sip:1002@acme.example', { callId: 'inside' })),
    seen(
      6,
      'received',
      carrier,
      invite('sip:line@192.0.2.9', { callId: 'in' }).replace(/To: .*/, 'To: <sip:911000001@near.example>'),
    ),
    { kind: 'note', at: 7, part: 'router', text: 'relay' },
  ]),
];

it('reads each call of a recording once, as it came', () => {
  const calls = recordedCalls(recording);
  expect(calls.map(({ callId, from, to, source, at }) => [callId, from, to, source, at % 1_000])).toEqual([
    ['out', 'sip:1001@acme.example', 'sip:600111222@acme.example', '192.0.2.1', 2],
    ['inside', 'sip:1001@acme.example', 'sip:1002@acme.example', '192.0.2.1', 5],
    ['in', 'sip:1001@acme.example', 'sip:line@192.0.2.9', '203.0.113.9', 6],
  ]);
});

it('B-08: finds no difference where there is none', async () => {
  expect(await differences(recordedCalls(recording), {})).toEqual([]);
});

it.each([
  [
    { 'Route/acme/world': { match: { prefix: '+' }, trunks: ['far'] } },
    /^out: sip:\+34600111222@near\.example from .* for 60 s, then media anchored -> sip:\+34600111222@far\.example from/,
  ],
  [
    { 'Route/acme/world': { match: { prefix: '+1' }, trunks: ['far'] } },
    /^out: sip:\+34600111222@near\.example .* -> 404 user-unknown$/,
  ],
  [
    { 'Number/acme/+34911000001': { destination: { user: '1002' } } },
    /^in: sip:1001@phone\.invalid for 60 s, then media anchored -> sip:1002@phone\.invalid for 60 s/,
  ],
  [
    { 'User/acme/1002': { credentials: { password: 'x' }, enabled: false } },
    /^inside: sip:1002@phone\.invalid .* -> 4\d\d user-disabled$/,
  ],
])('B-08: tells what a proposal does otherwise: %j', async (changes, expected) => {
  expect(await differences(recordedCalls(recording), changes)).toEqual([expect.stringMatching(expected)]);
});
