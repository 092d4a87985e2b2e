import type { TestAPI } from 'vitest';
import { it as base } from '../harness/fixture.ts';
import type { Protocol } from '../harness/host.ts';
import { Network } from '../harness/network.ts';
import { Tandem, type Tenant } from '../harness/tandem.ts';
import { type Account, Phone } from './phone.ts';

export const domain = 'acme.example';

/** The accounts of a tenant's users; each has a password of its own. */
export const accounts: readonly Account[] = Array.from({ length: 400 }, (_, index) => {
  const user = `${1000 + index}`;
  return { user, domain, password: `password of ${user}` };
});

export const acme: Tenant = {
  name: 'acme',
  domains: [domain],
  users: accounts.map(({ user, password }) => ({ name: user, password })),
};

interface Fixtures {
  readonly network: Network;
  /** What `live` is configured with. */
  readonly tenant: Tenant;
  /** A `tandem up` for all tests of a file, and the network that it is on. */
  readonly live: { readonly tandem: Tandem; readonly network: Network };
  /** Opens a phone, which has not registered, of a user that no other phone is of. */
  readonly phone: (transport?: Protocol) => Promise<Phone>;
}

let used = 0;

/** `it` with a `tandem up` and phones. */
export const it: TestAPI<Fixtures> = base.extend<Omit<Fixtures, 'network'>>({
  tenant: [acme, { scope: 'file' }],
  live: [
    async ({ tenant }, use) => {
      const network = await Network.open('tandem up');
      await use({ network, tandem: await Tandem.start(await network.host('tandem'), tenant) });
      await network.close();
    },
    { scope: 'file' },
  ],
  phone: async ({ live: { network, tandem } }, use) => {
    const phones: Phone[] = [];
    await use(async (transport = 'udp') => {
      const line = { transport, local: network.gateway, remote: tandem.host.address };
      const phone = await Phone.open(accounts[used++]!, line);
      phones.push(phone);
      return phone;
    });
    for (const { wire } of phones) wire.close();
  },
});
