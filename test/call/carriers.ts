import type { Host } from '../harness/host.ts';
import type { Message } from '../harness/message.ts';
import type { Network } from '../harness/network.ts';
import { credentials, Sipp, type SippOptions } from '../harness/sipp.ts';
import type { Traced } from '../harness/sipp-trace.ts';
import { acme, domain, Office, passwordOf, type UserChanges } from './office.ts';

const dialPlan = { countryCode: '34', nationalLengths: [9] };

type Specs = Readonly<Record<string, object>>;

/** What an office of carriers has besides a trunk for each of them. */
export interface CarrierResources {
  readonly Trunk?: Specs;
  readonly Route: Specs;
  readonly Number?: Specs;
  readonly Schedule?: Specs;
  readonly Deck?: Specs;
}

/** An office whose user 1001 calls carriers. */
export interface CarrierOffice {
  readonly office: Office;
  /** Has 1001 call these numbers, each with the next of its callerIds in From. */
  readonly call: (numbers: readonly string[], options?: Partial<SippOptions>) => Promise<Sipp>;
  readonly carriers: Readonly<Record<string, Host>>;
  /** Puts other routes into force. */
  readonly reroute: (routes: Specs) => Promise<void>;
}

/** An office that reaches carriers by name, each of which is another machine, by routes that are made of their addresses. */
export async function openCarriers(
  network: Network,
  names: readonly string[],
  resources: (trunks: Specs, hosts: Readonly<Record<string, Host>>) => CarrierResources,
  user: UserChanges = {},
  flags: readonly string[] = [],
): Promise<CarrierOffice> {
  const { callerIds = [] } = user;
  const hosts = await Promise.all(names.map(async (name) => [name, await network.host(name)] as const));
  const plain = Object.fromEntries(
    hosts.map(([name, { address }]) => [
      name,
      { contacts: [`sip:${address}`], identify: { sources: [address] } },
    ]),
  );
  const carriers = Object.fromEntries(hosts);
  const { Trunk = {}, ...rest } = resources(plain, carriers);
  const more = { Trunk: { ...plain, ...Trunk }, ...rest };
  const tenant = (Route: Specs) => acme({ 1001: user }, { dialPlan, more: { ...more, Route } });
  const office = await Office.open(network, tenant(more.Route), () => flags);
  const reroute = async (routes: Specs): Promise<void> => {
    await office.tandem.configure(tenant(routes));
    await office.tandem.logged('configuration changed');
  };
  const phones = await network.host('phones');
  const call = (numbers: readonly string[], options: Partial<SippOptions> = {}) =>
    Sipp.start(phones, {
      scenario: 'uac-pairs',
      remote: office.tandem.proxy,
      keys: { domain },
      lines: numbers.map((number, index) => [
        number,
        callerIds[index % callerIds.length] ?? '1001',
        credentials('1001', passwordOf('1001')),
      ]),
      calls: numbers.length,
      ...options,
    });
  return { office, call, carriers, reroute };
}

/** The INVITEs that came, as far as a trace has them. */
export function invites(trace: readonly Traced[]): Message[] {
  return trace
    .filter(({ way, message }) => way === 'received' && message.start.startsWith('INVITE '))
    .map(({ message }) => message);
}
