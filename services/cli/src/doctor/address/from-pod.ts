import { formatProxyAddress } from '../../phone/proxy-address.ts';
import { type Check, type Result, runTogether } from '../check.ts';
import {
  type AddressCheck,
  type Addresses,
  addressOf,
  rtpAddresses,
  rtpCheck,
  sipAddresses,
  sipCheck,
  streamsFirst,
} from './address-checks.ts';
import type { ClusterView } from './cluster-view.ts';
import { proof } from './proof.ts';
import { type KindOfAddress, type Vantage, wayTo } from './vantage.ts';

/** Nodes look out for eight probes at a time, and another doctor may be at work. */
const atOnce = 4;

/** Tries from a pod what phones and carriers are told, and says what each answer proves. */
export async function* tryFromPod(
  kind: KindOfAddress,
  view: ClusterView,
  vantage: Vantage,
): AsyncGenerator<Result> {
  const subject: Addresses = { view, open: new Set(), isWithin: true };
  const checks = kind === 'sip' ? sipChecks(vantage) : rtpChecks(view, vantage);
  yield* runTogether(checks, subject, atOnce);
}

function sipChecks(vantage: Vantage): readonly Check<Addresses>[] {
  return streamsFirst(sipAddresses(vantage.nodes)).map((target) => {
    const command = `tandem doctor --from outside --target ${formatProxyAddress(target)}`;
    return proving(sipCheck(target), { kind: 'sip', host: target.host, command }, vantage);
  });
}

function rtpChecks(view: ClusterView, vantage: Vantage): readonly Check<Addresses>[] {
  const command = `${vantage.forward} & tandem doctor --from outside --http-listen 127.0.0.1:8080`;
  return rtpAddresses(vantage.nodes).map((address) =>
    proving(rtpCheck(view, address), { kind: 'rtp', host: address.host, command }, vantage),
  );
}

interface Tried {
  readonly kind: KindOfAddress;
  readonly host: string;
  /** Proves it from outside. */
  readonly command: string;
}

/** A check of an address that says what it proves from here. */
function proving(check: AddressCheck, { command, host, kind }: Tried, vantage: Vantage): Check<Addresses> {
  return {
    ...check,
    run: async (subject) => {
      const way = wayTo(await addressOf(host), kind, vantage);
      const found = await check.run(subject).catch((error: Error) => ({ ok: false, value: error.message }));
      return proof(way, { hint: check.hint, ...found }, command);
    },
  };
}
