import { describe, expect, it } from 'vitest';
import { judge } from './hop.ts';
import type { Observation, Seen } from './observation.ts';
import { judgeRange } from './range.ts';

const target = { host: '203.0.113.5', port: 20_000 };
const own = { host: '198.51.100.9', port: 4_000 };
const seen = (host = own.host, node = 'm-1'): Seen[] => [{ node, port: 20_000, host, sourcePort: 4_000 }];
const well: Observation = { target, node: 'm-1', own, answeredBy: target, seen: seen(), isPod: false };

describe('the hop that is wrong', () => {
  it.each<[string, Partial<Observation>, string, string]>([
    [
      'that nothing arrives',
      { answeredBy: undefined, seen: [] },
      'RTP to 203.0.113.5:20000 arrives at no node',
      'UDP is dropped',
    ],
    [
      'that nothing comes back',
      { answeredBy: undefined, seen: undefined },
      'no answer to RTP from 203.0.113.5:20000',
      'UDP is dropped',
    ],
    [
      'that it is a pod',
      { answeredBy: undefined, seen: [], isPod: true },
      'the address of a pod',
      'TANDEM_RTP_ADVERTISE',
    ],
    [
      'that it goes one way',
      { answeredBy: undefined },
      'arrives at m-1 from 198.51.100.9:4000, but',
      'one way only',
    ],
    [
      'that the answer goes astray',
      { answeredBy: undefined, seen: seen('10.0.0.7') },
      'from 10.0.0.7:4000',
      'rewritten on the way in',
    ],
    [
      'that another worker has it',
      { seen: seen(own.host, 'm-2'), answeredBy: target },
      'arrives at m-2, which is not m-1',
      'give each its own',
    ],
    [
      'that the answer is of another address',
      { answeredBy: { host: '10.2.3.4', port: 20_000 } },
      'comes from 10.2.3.4 instead of 203.0.113.5',
      'externalTrafficPolicy: Local',
    ],
    [
      'that the answer is of another port',
      { answeredBy: { ...target, port: 61_000 } },
      'from port 61000 instead of',
      'conntrack',
    ],
    [
      'that the source is rewritten',
      { seen: seen('10.0.0.7') },
      'from 10.0.0.7:4000 instead of 198.51.100.9',
      'externalTrafficPolicy: Local',
    ],
  ])('is told: %s', (_, change, value, hint) => {
    const finding = judge('RTP', { ...well, ...change });
    expect(finding.ok).toBe(false);
    expect(finding.value).toContain(value);
    expect(finding.hint).toContain(hint);
  });

  it.each<[string, Partial<Observation>]>([
    ['all is as it should be', {}],
    ['the doctor is behind a NAT of its own', { own: { host: '192.168.1.5', port: 4_000 } }],
    ['the cluster cannot be asked, and answers', { seen: undefined }],
    ['anybody may answer', { node: undefined as never, seen: seen(own.host, 'edge-2') }],
  ])('is none when %s', (_, change) => {
    expect(judge('OPTIONS', { ...well, ...change })).toMatchObject({ ok: true });
  });

  it('is where a range is cut', () => {
    const absent = judge('RTP', { ...well, answeredBy: undefined, seen: [] });
    const open = judge('RTP', well);
    const finding = judgeRange('203.0.113.5', [
      { port: 20_000, finding: open },
      { port: 25_000, finding: absent },
    ]);
    expect(finding).toMatchObject({
      ok: false,
      value: expect.stringMatching(/^of \S+, ports 20000 are open, 25000 are not: /),
    });
    expect(judgeRange('203.0.113.5', [{ port: 20_000, finding: open }])).toMatchObject({ ok: true });
    expect(judgeRange('203.0.113.5', [{ port: 25_000, finding: absent }])).toBe(absent);
  });
});
