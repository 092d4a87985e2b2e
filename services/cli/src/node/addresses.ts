import { isIPv6 } from 'node:net';
import type { EdgeSettings } from '@tandem/edge';
import type { MediaSettings } from '@tandem/media';
import {
  AdvertisedAddresses,
  addressNotFound,
  type Family,
  type FoundAddress,
  familyOf,
  formatHostPort,
  isOfCluster,
  parseAddressSources,
  refusePodAddresses,
  type SharedSettings,
  usualSources,
  type WantedAddresses,
} from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { NodeStart } from './start.ts';

/** Addresses of a setting as it is read when they are given. */
interface Named {
  readonly text: string | undefined;
  /** Calls with what has been found anew. */
  follow(changed: (text: string) => void): void;
}

/** What phones are told to reach an edge at, found where the settings say. Rejects with a Fault that names the setting. */
export async function findSipAddresses(
  node: NodeStart<SharedSettings & EdgeSettings>,
): Promise<Readonly<Record<'sipAdvertise' | 'sipShared', Named>>> {
  const { sipAdvertise, sipListen, sipShared } = node.settings;
  const families = new Set(sipListen.map(({ host }): Family => (isIPv6(host) ? 6 : 4)));
  const own = sipListen.map(({ host }) => host);
  return {
    sipAdvertise: await named(node, 'TANDEM_SIP_ADVERTISE', sipAdvertise, families, own),
    sipShared: await named(node, 'TANDEM_SIP_SHARED', sipShared, families, []),
  };
}

/** What parties are told to send media to. Rejects with a Fault that names the setting. */
export async function findRtpAddresses(node: NodeStart<SharedSettings & MediaSettings>): Promise<Named> {
  const { rtpAdvertise, rtpListen } = node.settings;
  const { host } = rtpListen;
  const families = new Set<Family>(host === '::' ? [4, 6] : [familyOf(host) ?? 4]);
  return named(node, 'TANDEM_RTP_ADVERTISE', rtpAdvertise?.join(','), families, [host], refuseNames);
}

async function named(
  { lifecycle, log, openKubernetes, settings }: NodeStart,
  setting: string,
  text: string | undefined,
  families: ReadonlySet<Family>,
  own: readonly string[],
  fits: (setting: string, hosts: readonly string[]) => void = () => undefined,
): Promise<Named> {
  const sources = text === undefined ? undefined : parseAddressSources(text);
  const check = (hosts: readonly string[]): void => {
    fits(setting, hosts);
    refusePodAddresses(setting, hosts, settings);
  };
  if (!sources) {
    check(own.filter((host) => host !== '0.0.0.0' && host !== '::'));
    return { text, follow: () => undefined };
  }
  const wanted: WantedAddresses = { setting, sources, families };
  const kubernetes = sources.some(isOfCluster) ? await openKubernetes() : undefined;
  const cluster = kubernetes && { kubernetes, pod: settings.podName, host: settings.hostName };
  const askable = { ...usualSources, cluster };
  const addresses = await lifecycle.start(`addresses of ${setting}`, {
    open: () =>
      AdvertisedAddresses.open(wanted, {
        log,
        check: (found) => check(found.map(({ host }) => host)),
        askable,
      }),
    close: (part) => part.close(),
  });
  return {
    text: textOf(addresses.found),
    follow: (changed) => addresses.follow(settings.advertiseEvery * 1_000, (found) => changed(textOf(found))),
  };
}

/** Session descriptions say addresses: parties would not look a name up. */
function refuseNames(setting: string, hosts: readonly string[]): void {
  const names = hosts.filter((host) => familyOf(host) === undefined);
  if (names.length > 0)
    throw new Fault(addressNotFound, `${setting}: ${names.join(', ')} is a name, no address`);
}

function textOf(found: readonly FoundAddress[]): string {
  return found
    .map(({ host, port }) => (port === undefined ? host : formatHostPort({ host, port })))
    .join(',');
}
