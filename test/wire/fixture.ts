import type { TestAPI } from 'vitest';
import { it as base } from '../harness/fixture.ts';
import { Network } from '../harness/network.ts';
import { Tandem, type Tenant } from '../harness/tandem.ts';
import type { Carrier } from '../harness/wire.ts';
import { acme, nextAccount } from './acme.ts';
import { type Account, Phone } from './phone.ts';
import { Tiers, type TierTenant } from './tiers.ts';

interface Fixtures {
  readonly network: Network;
  /** What everything here is configured with. */
  readonly tenant: Tenant;
  /** A `tandem up` for all tests of a file, and the network that it is on. */
  readonly live: { readonly tandem: Tandem; readonly network: Network };
  /** Opens a phone, which has not registered: of a user that no other phone is of, unless one is given. */
  readonly phone: (transport?: Carrier, account?: Account) => Promise<Phone>;
  /** Opens tiers in this process, for a test that wants several edges, another configuration or to look inside. */
  readonly tiers: (changes?: Partial<TierTenant>) => Promise<Tiers>;
}

/** Loads are to be carried whatever else keeps the machine busy: late, but all of them. */
const PATIENT = ['--sip-shedding', 'off'] as const;

/** `it` with phones, and with what they register with. */
export const it: TestAPI<Fixtures> = base.extend<Omit<Fixtures, 'network'>>({
  tenant: [acme, { scope: 'file' }],
  live: [
    async ({ tenant }, use) => {
      const network = await Network.open('tandem up');
      const host = await network.host('tandem');
      await use({ network, tandem: await Tandem.start(host, tenant, PATIENT) });
      await network.close();
    },
    { scope: 'file' },
  ],
  phone: async ({ live: { network, tandem } }, use) => {
    const phones: Phone[] = [];
    await use(async (transport = 'udp', account = nextAccount()) => {
      const line = { transport, local: network.gateway, remote: tandem.host.address };
      const phone = await Phone.open(account, line);
      phones.push(phone);
      return phone;
    });
    for (const each of phones) each.close();
  },
  tiers: async ({ tenant }, use) => {
    const opened: Tiers[] = [];
    await use(async (changes) => {
      const tiers = await Tiers.open({ ...tenant, ...changes });
      opened.push(tiers);
      return tiers;
    });
    for (const tiers of opened) await tiers.close();
  },
});
