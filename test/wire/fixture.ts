import type { TestAPI } from 'vitest';
import { it as base } from '../harness/fixture.ts';
import type { Protocol } from '../harness/host.ts';
import { Network } from '../harness/network.ts';
import { Tandem } from '../harness/tandem.ts';
import { Phone } from './phone.ts';

export const domain = 'acme.example';

const users = Array.from({ length: 400 }, (_, index) => `${1000 + index}`);
const tenant = {
  name: 'acme',
  domains: [domain],
  users: users.map((name) => ({ name, password: `password of ${name}` })),
};

interface Live {
  readonly tandem: Tandem;
  /** The network that it is on. */
  readonly network: Network;
}

interface Fixtures {
  readonly network: Network;
  readonly live: Live;
  /** A phone of a user that no other phone is of, which has not registered. */
  readonly phone: (transport?: Protocol) => Promise<Phone>;
}

let used = 0;

/** `it` with a `tandem up` that all tests of a file share, and phones of its users. */
export const it: TestAPI<Fixtures> = base.extend<Omit<Fixtures, 'network'>>({
  live: [
    // biome-ignore lint/correctness/noEmptyPattern: it depends on nothing
    async ({}, use) => {
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
      const user = users[used++]!;
      const phone = await Phone.open({ user, domain, password: `password of ${user}` }, line);
      phones.push(phone);
      return phone;
    });
    for (const { wire } of phones) wire.close();
  },
});
