import { isIP } from 'node:net';
import { parseAddress } from '@tandem/datagram';
import {
  defineSettings,
  familyOf,
  type HostPortRange,
  hostPortRange,
  isGiven,
  isWildcard,
  parseAddressSources,
  readBy,
  type SettingsOf,
  type SharedSettings,
  settingInvalid,
  sourceForms,
  wholeNumber,
} from '@tandem/platform';
import { Fault } from '@tandem/sip';

/** The settings of a media worker alone. */
export interface OwnMediaSettings {
  readonly rtpListen: HostPortRange;
  /** Addresses, one of each family at most, or what finds them; the address that is listened on when undefined. */
  readonly rtpAdvertise: readonly string[] | undefined;
  readonly rtpPool: number;
  /** What each of some workers is reached at, in the order of the numbers that their node ids end with. */
  readonly rtpSlices: readonly HostPortRange[] | undefined;
}

/** All that a media worker is told. */
export type MediaSettings = OwnMediaSettings & Pick<SharedSettings, 'region' | 'nodeId'>;

const maxSlices = 256;

export const mediaSettings: SettingsOf<OwnMediaSettings> = defineSettings<OwnMediaSettings>({
  rtpListen: {
    schema: hostPortRange.refine(({ host }) => isIP(host) !== 0, 'must begin with an IP address'),
    default: '127.0.0.1:20000-29999',
    description:
      'The address and ports of media. The first pairs are shared by all calls, the others serve one leg at a time.',
  },
  rtpAdvertise: {
    schema: readBy(
      `must be an IP address, one of IPv4 and one of IPv6 with a comma between, or ${sourceForms}`,
      parseAdvertised,
    ).optional(),
    description: `The IP address that parties send media to, or what finds it: ${sourceForms}; the one of \`--rtp-listen\` when unset. With \`[::]\` there, an address of IPv4 and one of IPv6: each party gets that of its own family.`,
  },
  rtpPool: {
    schema: wholeNumber(1, 1024),
    default: '16',
    description: 'How many port pairs are shared.',
  },
  rtpSlices: {
    schema: readBy(
      `must be 1 to ${maxSlices} of address:from-to with commas between, such as 203.0.113.5:30000-30039,203.0.113.5:30040-30079`,
      parseSlices,
    ).optional(),
    description:
      'Where each of several workers is reached that have addresses and ports of their own, such as pods behind a Service each: address:from-to with commas between. The one whose node id ends with -0 has the first. Goes before the ports of TANDEM_RTP_LISTEN, and before TANDEM_RTP_ADVERTISE.',
  },
});

function parseSlices(text: string): readonly HostPortRange[] | undefined {
  const parts = text.split(',').map((part) => hostPortRange.safeParse(part.trim()).data);
  const are = parts.every((part) => part !== undefined && isIP(part.host) !== 0 && !isWildcard(part.host));
  return are && parts.length <= maxSlices ? (parts as HostPortRange[]) : undefined;
}

/** The settings with this worker's slice in place, where there are slices. Throws `setting-invalid` when it has none. */
export function withOwnSlice<Settings extends MediaSettings>(settings: Settings): Settings {
  const { nodeId, rtpListen, rtpSlices: slices } = settings;
  if (slices === undefined) return settings;
  const number = /(?:^|-)([0-9]{1,9})$/.exec(nodeId)?.[1];
  const own = number === undefined ? undefined : slices[Number(number)];
  if (!own) {
    throw new Fault(settingInvalid, `TANDEM_RTP_SLICES: has ${slices.length}, and none for node ${nodeId}`);
  }
  const { host, from, to } = own;
  return { ...settings, rtpListen: { host: rtpListen.host, from, to }, rtpAdvertise: [host] };
}

function parseAdvertised(text: string): readonly string[] | undefined {
  const sources = parseAddressSources(text);
  const hosts = sources?.filter(isGiven) ?? [];
  const families = new Set(hosts.map(({ host }) => familyOf(host)));
  const areAddresses = hosts.every(({ host, port }) => isIP(host) !== 0 && port === undefined);
  if (!sources || !areAddresses || families.size < hosts.length) return undefined;
  return text.split(',').map((part) => part.trim());
}

/** A host, as `parseAddress` numbers it, when it is loopback. */
export function loopbackOf(host: string): number | undefined {
  return host === '::1' || host.startsWith('127.') ? parseAddress(host) : undefined;
}

/** The IP addresses that go into session descriptions. Throws `setting-invalid` when there is none. */
export function advertisedHosts({ rtpAdvertise, rtpListen }: OwnMediaSettings): readonly string[] {
  if (rtpAdvertise !== undefined) return rtpAdvertise;
  if (!isWildcard(rtpListen.host)) return [rtpListen.host];
  throw new Fault(
    settingInvalid,
    `TANDEM_RTP_ADVERTISE: is required when TANDEM_RTP_LISTEN is at ${rtpListen.host}`,
  );
}
