import { describe, expect, it } from 'vitest';
import { decisionOf, outcomeOf, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

/** What an engine that goes back and tries again would not be done with in a lifetime. */
const expressions = ['(a+)+$', '(a|aa)+$', '^(a?){30}a{30}$', '(a*)*b', '([0-9]?[0-9]?[0-9]?){15}$'];
const numbers = [`${'a'.repeat(255)}!`, 'a'.repeat(2_000), '1'.repeat(255), `+${'9'.repeat(1_990)}`];
const carrier = '203.0.113.9';

/** A hostile expression wherever a decision looks at one. */
function rigWith(pattern: string): Rig {
  const rewrite = Array.from({ length: 16 }, () => ({ pattern, to: '1' }));
  return new Rig(
    sampleSnapshot(
      {},
      {},
      {
        Trunk: {
          'acme/out': {
            contacts: ['sip:out.example'],
            numbering: { rewrite, rewriteCaller: rewrite },
          },
          'acme/in': {
            identify: { sources: [carrier], match: [{ in: 'To', pattern: '.' }] },
            endpoint: { didFrom: 'To', didPattern: pattern },
          },
        },
        Route: {
          'acme/hostile': { match: { pattern }, rewrite, trunks: ['out'], priority: 1 },
          'acme/any': { match: { prefix: '' }, rewrite, trunks: ['out'] },
        },
        Number: {
          'acme/1': {
            rules: [{ when: { callers: [{ pattern }] }, destination: { user: '1001' } }],
            destination: { user: '1002' },
          },
        },
      },
    ),
  );
}

// A test that does not end fails; how long one decision takes is for hostile.bench.ts to say.
describe.each(expressions)('decisions by %s', (pattern) => {
  it.each(numbers)('come to an end for %#', async (number) => {
    const rig = rigWith(pattern);
    const out = await rig.call(`sip:${encodeURIComponent(number)}@acme.example`);
    expect(['relay', '500 number-unusable']).toContain(outcomeOf(out));
    const flow = { transport: 'udp', host: carrier, port: 5060, edge: 'e', localPort: 5060, connection: 0 };
    const headers = [{ name: 'To', value: number }];
    const from = `<sip:${encodeURIComponent(number)}@carrier.example>;tag=1`;
    const into = await rig.router.decide(
      sampleRequest({ flow, headers, from, requestUri: 'sip:1@127.0.0.1' }),
    );
    expect(outcomeOf(into)).toMatch(/^(?:404 number-(?:unknown|missing)|480 user-not-registered)$/);
  });
});

it('a number that is too long for any expression is found by none', async () => {
  const rig = rigWith('.');
  const { callee } = decisionOf(await rig.call(`sip:${'1'.repeat(257)}@acme.example`), 'relay');
  expect(callee).toBe(`sip:${'1'.repeat(257)}@out.example`);
});
