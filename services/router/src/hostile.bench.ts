import { it } from 'vitest';
import { connection, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

/** The dearest expression that is known of those that are taken; what it finds is dearer than what it does not. */
const pattern = '([a-z]?[a-z]?[a-z]?){15}$';
const number = 'a'.repeat(64);
const trunks = Array.from({ length: 16 }, (_, index) => `trunk-${index}`);
const rewrite = [{ pattern, to: '1' }];

/** Everything that a decision looks at is as dear as it may be. */
const rig = new Rig(
  sampleSnapshot(
    {},
    { 'acme/1001': { callerId: number } },
    {
      Trunk: Object.fromEntries(
        trunks.map((name) => [
          `acme/${name}`,
          { contacts: [`sip:${name}.example`], numbering: { rewrite, rewriteCaller: rewrite } },
        ]),
      ),
      Route: {
        ...Object.fromEntries(
          Array.from({ length: 25 }, (_, index) => [
            `acme/hostile-${index}`,
            { match: { pattern: pattern.replace('$', '_$') }, trunks: ['trunk-0'], priority: 1 },
          ]),
        ),
        'acme/any': { match: { prefix: '' }, rewrite, trunks },
      },
    },
  ),
);

it('decisions by hostile expressions in all places, for hostile numbers', async ({ bench }) => {
  const vouched = { tenant: 'acme', user: '1001' };
  const decide = (name: string) =>
    rig.router.decide({
      ...sampleRequest({ requestUri: `sip:${name}@acme.example` }),
      flow: connection,
      vouched,
    });
  await bench.compare(
    bench('a number that every rewriting finds', async () => {
      await decide(number);
    }),
    bench('a number that nothing finds', async () => {
      await decide(`${number}%5F`);
    }),
    bench('a number that is too long', async () => {
      await decide('a'.repeat(2_000));
    }),
    bench('a usual number', async () => {
      await decide('+34600111222');
    }),
  );
});
