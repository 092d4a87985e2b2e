import { Fault } from '@tandem/sip';
import { addressNotFound } from '../faults.ts';
import { cloudAddresses } from './cloud/cloud.ts';
import { metadataService } from './cloud/metadata.ts';
import { nodeAddresses, type OwnCluster, serviceAddresses } from './cluster-addresses.ts';
import { type Family, familyOf } from './family.ts';
import { type AddressSource, formatSource } from './source.ts';
import { stunAddress } from './stun.ts';

/** An address that others are told. */
export interface FoundAddress {
  /** A name, or an IP literal without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** By what it was found, in words, such as `cloud: AWS`. */
  readonly by: string;
}

/** Where it is asked. */
export interface Askable {
  /** The URL of the metadata service. */
  readonly metadata: string;
  /** Undefined outside a cluster. */
  readonly cluster?: OwnCluster | undefined;
}

export const usual: Askable = { metadata: metadataService };

/** The addresses that sources lead to, one of each family that is wanted. Rejects with `address-not-found`. */
export async function findAddresses(
  sources: readonly AddressSource[],
  families: ReadonlySet<Family>,
  askable: Askable = usual,
): Promise<readonly FoundAddress[]> {
  const found: FoundAddress[] = [];
  for (const source of sources) {
    const known = new Set(found.map(({ host }) => familyOf(host)));
    const missing = [...families].filter((family) => !known.has(family));
    if (source.from === 'given') found.push({ host: source.host, port: source.port, by: 'given' });
    else if (missing.length > 0) found.push(...(await look(source, missing, askable)));
  }
  if (found.length > 0) return found;
  const names = sources.map(formatSource).join(', ');
  throw new Fault(addressNotFound, `${names}: none of IPv${[...families].join(' or IPv')}`);
}

async function look(
  source: AddressSource,
  missing: readonly Family[],
  { cluster, metadata }: Askable,
): Promise<FoundAddress[]> {
  if (source.from === 'cloud') {
    const { cloud, addresses } = await cloudAddresses(metadata);
    return firstOfEach(addresses, missing).map((host) => ({ host, port: undefined, by: `cloud: ${cloud}` }));
  }
  if (source.from === 'stun') {
    const by = formatSource(source);
    const answers = await Promise.allSettled(missing.map((family) => stunAddress(source.server, family)));
    const hosts = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const refused = answers.find((answer) => answer.status === 'rejected');
    if (hosts.length === 0 && refused) throw refused.reason;
    return hosts.map((host) => ({ host, port: undefined, by }));
  }
  if (source.from === 'given') return [];
  const hosts = await (source.from === 'node'
    ? nodeAddresses(cluster, source)
    : serviceAddresses(cluster, source));
  const literal = firstOfEach(hosts, missing);
  const named = literal.length > 0 ? literal : hosts.filter((host) => familyOf(host) === undefined);
  return named.map((host) => ({ host, port: undefined, by: formatSource(source) }));
}

function firstOfEach(hosts: readonly string[], families: readonly Family[]): string[] {
  const firsts = families.map((family) => hosts.find((host) => familyOf(host) === family));
  return firsts.filter((host) => host !== undefined);
}
