import { Baresip } from '../harness/baresip.ts';
import { Linphone } from '../harness/linphone.ts';
import type { Network } from '../harness/network.ts';
import type { PhoneAccount, Softphone } from '../harness/softphone.ts';
import { TandemPhone } from '../harness/tandem-phone.ts';

export type Make = 'baresip' | 'linphone' | 'tandem';

type Start = (network: Network, account: PhoneAccount) => Promise<Softphone>;

/** How a phone of each make is started, on a network with a machine for it. */
export const makes: Readonly<Record<Make, Start>> = {
  baresip: async (network, account) => Baresip.start(await network.host(`baresip ${account.user}`), account),
  linphone: async (network, account) =>
    Linphone.start(await network.host(`linphone ${account.user}`), account),
  tandem: (network, account) => TandemPhone.start(network, account),
};
