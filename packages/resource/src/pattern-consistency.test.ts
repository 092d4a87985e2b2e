import { expect, it } from 'vitest';
import { problemsOf } from './sample.ts';

/** A pattern of about as many steps as one may have. */
const dear = '([a-z]?[a-z]?[a-z]?){15}$';

/** Routes that match by it. */
function routes(count: number): Record<string, object> {
  const names = Array.from({ length: count }, (_, index) => `Route/acme/dear-${index}`);
  return Object.fromEntries(names.map((name) => [name, { match: { pattern: dear }, trunks: ['carrier'] }]));
}

it('lets a tenant have patterns for as long as all of them together are quick', async () => {
  expect(await problemsOf(routes(40))).toEqual([]);
});

it('names the first pattern that makes those of a tenant take too long', async () => {
  const rewrite = [{ pattern: dear, to: '1' }];
  const carrier = { contacts: ['sip:carrier.example'], numbering: { rewrite } };
  const problems = await problemsOf({ ...routes(200), 'Trunk/acme/carrier': carrier });
  expect(problems).toEqual([
    expect.stringMatching(
      /^Route\/dear-\d+ spec\.match\.pattern: makes it 10\d{3} steps for all patterns of the tenant, more than 10000: prefixes take none$/,
    ),
  ]);
});
