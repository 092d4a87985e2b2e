import type { Tenant } from '../harness/tandem.ts';
import type { Account } from './phone.ts';

export const domain = 'acme.example';

const accounts: readonly Account[] = Array.from({ length: 400 }, (_, index) => {
  const user = `${1000 + index}`;
  return { user, domain, password: `secret-of-${user}` };
});

/** A tenant with enough users for the tests of a file. */
export const acme: Tenant = {
  name: 'acme',
  domains: [domain],
  // What phones are sent here shall be an answer to what they did.
  registration: { keepAlive: 0 },
  users: accounts.map(({ user, password }) => ({ name: user, password })),
};

let used = 0;

/** A user that was not taken before. */
export function nextAccount(): Account {
  return accounts[used++]!;
}
