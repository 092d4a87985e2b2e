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
}

/** All that a media worker is told. */
export type MediaSettings = OwnMediaSettings & Pick<SharedSettings, 'region' | 'nodeId'>;

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
});

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
