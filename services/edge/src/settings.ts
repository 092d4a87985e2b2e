import { isIP } from 'node:net';
import {
  addressBlocks,
  type Balance,
  balances,
  defineSettings,
  type HostPort,
  isWildcard,
  type Listener as ListenAddress,
  listeners,
  oneOf,
  parseAddressSources,
  readBy,
  type SettingsOf,
  type SharedSettings,
  sourceForms,
  text,
  wholeNumber,
} from '@tandem/platform';
import { type AddressBlock, Fault, literalOf, parseHostPort } from '@tandem/sip';
import { advertiseNeeded, tlsFilesUnusable } from './faults.ts';
import { knownScanners } from './guard/scanners.ts';
import { addressFor, type NamedAddress, parseNamedAddresses, sharedName } from './named-address.ts';
import { hostPort } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';
import type { CredentialFiles } from './socket/tls/credentials.ts';
import { isSecure, type Transport, transports } from './socket/transport.ts';

/** What only an edge is told. */
export interface OwnEdgeSettings {
  readonly sipListen: readonly ListenAddress<Transport>[];
  /** `host` or `host:port`; the listener's own address when undefined. */
  readonly sipAdvertise: string | undefined;
  /** Where the other edges reach this one: `host` or `host:port`; as everybody else does when undefined. */
  readonly sipInside: string | undefined;
  /** The address that all edges share: `host` or `host:port`. */
  readonly sipShared: string | undefined;
  /** PEM files: a certificate with its chain each, and their keys in the same order. */
  readonly sipTlsCertificate: readonly string[] | undefined;
  readonly sipTlsKey: readonly string[] | undefined;
  /** A PEM file with authorities. */
  readonly sipTlsCa: string | undefined;
  readonly sipMaxTransactions: number;
  readonly sipMaxConnections: number;
  readonly sipMaxConnectionsPerSource: number;
  /** The DNS resolvers; those of the machine when undefined. */
  readonly dnsServers: readonly HostPort[] | undefined;
  /** From where nothing is limited, weighed or banned. */
  readonly sipTrusted: readonly AddressBlock[];
  /** Requests outside dialogs that a source may send, in a second. */
  readonly sipSourceRate: number;
  /** Seconds; 0: nobody is banned unless an operator says so. */
  readonly sipBanFor: number;
  readonly sipScanners: readonly string[];
  readonly sipEmergency: readonly string[];
  readonly sipShedding: 'on' | 'off';
  /** The pages whose scripts may open a WebSocket; any when undefined. */
  readonly sipOrigins: readonly string[] | undefined;
  /** Seconds. */
  readonly drainNotice: number;
  readonly mediaBalance: Balance;
  readonly traceLadder: 'on' | 'off';
}

/** Where an edge finds routers that run in processes of their own. */
export interface RouterLinkSettings {
  /** `host:port` of each; undefined: membership names them. */
  readonly router: readonly string[] | undefined;
}

/** What an edge is told at its start. */
export type EdgeSettings = OwnEdgeSettings & Pick<SharedSettings, 'nodeId' | 'region'>;

const namedAddress = readBy(
  'must be host or host:port, such as sip.example or 203.0.113.5:5060, or one of each family with a comma between',
  (text) => (parseNamedAddresses(text) ? text : undefined),
).optional();

const advertised = readBy(
  `must be host or host:port, such as sip.example or 203.0.113.5:5060, one of each family with a comma between, or ${sourceForms}`,
  (text) => (parseAddressSources(text) ? text : undefined),
).optional();

const maxResolvers = 8;

const maxWords = 200;

const words = readBy(`must be at most ${maxWords} texts with commas between`, (text) => {
  const list = text.split(',').map((word) => word.trim());
  return list.length <= maxWords ? list.filter((word) => word !== '') : undefined;
});

const maxFiles = 16;

const files = readBy(`must be 1 to ${maxFiles} files with commas between`, (list) => {
  const names = list.split(',').map((name) => name.trim());
  return names.length <= maxFiles && names.every((name) => name !== '') ? names : undefined;
});

export const edgeSettings: SettingsOf<OwnEdgeSettings> = defineSettings<OwnEdgeSettings>({
  sipListen: {
    schema: listeners(transports),
    default: 'udp://127.0.0.1:5060,tcp://127.0.0.1:5060',
    description:
      'The addresses that SIP is spoken on: udp://, tcp://, ws:// and, with TANDEM_SIP_TLS_CERTIFICATE, tls:// and wss://.',
  },
  sipAdvertise: {
    schema: advertised,
    description: `What Via says of this node: host or host:port, where the port is that of UDP and TCP; one of IPv4 and one of IPv6 with a comma between where both are spoken; or what finds it: ${sourceForms}. The listener's address when unset; required where a listener stands for all addresses.`,
  },
  sipInside: {
    schema: namedAddress,
    description:
      'Where the other edges reach this one, and it alone, such as the address of its pod: host or host:port. As everybody else does when unset; needed where several edges advertise one address.',
  },
  sipShared: {
    schema: advertised,
    description:
      'The address that all edges share, such as a virtual IP or that of a load balancer: Record-Route names it, so that a dialog outlives its edge; one of IPv4 and one of IPv6 with a comma between where both are spoken, or what finds it, as for TANDEM_SIP_ADVERTISE. An IP address is listened on, at the ports of the listeners, for as long as this machine has it.',
  },
  sipTlsCertificate: {
    schema: files.optional(),
    description:
      'PEM files with commas between, each a certificate and what leads from it to an authority. A peer gets the one for the name that it asks for, else the first, which is also shown to peers that Tandem connects to. Read again when they change.',
  },
  sipTlsKey: {
    schema: files.optional(),
    description: 'PEM files with the keys of TANDEM_SIP_TLS_CERTIFICATE, in the same order.',
  },
  sipTlsCa: {
    schema: text.optional(),
    description:
      'A PEM file with the authorities that vouch for peers. When it is set, peers that connect are asked for a certificate as well. When unset, certificates of peers that Tandem connects to are checked by the authorities that Node knows.',
  },
  sipMaxTransactions: {
    schema: wholeNumber(1, 10_000_000),
    default: '200000',
    description: 'Transactions at once, finished ones that wait for retransmissions included; above it 503.',
  },
  sipMaxConnections: {
    schema: wholeNumber(1, 1_000_000),
    default: '10000',
    description: 'Connections that peers may have open at once.',
  },
  sipMaxConnectionsPerSource: {
    schema: wholeNumber(1, 1_000_000),
    default: '256',
    description: 'Connections that one source address may have open at once.',
  },
  dnsServers: {
    schema: readBy(
      `must be a list of 1 to ${maxResolvers} addresses, with a port or without, such as 192.0.2.53,[2001:db8::53]:5353`,
      parseResolvers,
    ).optional(),
    description:
      "The DNS resolvers that names of carriers and other domains are looked up at. Those of the machine's resolv.conf when unset; its search list counts in any case.",
  },
  sipTrusted: {
    schema: addressBlocks,
    default: '',
    description:
      'Addresses and networks of carriers and other systems that are known, with commas between: from there nothing is limited, suspected or banned. Loopback and the other edges need not be named.',
  },
  sipSourceRate: {
    schema: wholeNumber(1, 1_000_000),
    default: '200',
    description:
      'Requests outside dialogs that one source (an address of IPv4, a /64 of IPv6) may send in a second, after ten seconds of that at once; all of its /24 or /48 may send ten times as many, and ten messages of any kind count as one. Above it 503.',
  },
  sipBanFor: {
    schema: wholeNumber(0, 31_536_000),
    default: '3600',
    description:
      'Seconds for which scanners and guessers are banned; 0 bans nobody but who an operator bans.',
  },
  sipScanners: {
    schema: words,
    default: knownScanners.join(','),
    description:
      'What scanners call themselves: who has any of these in User-Agent is banned, and never answered.',
  },
  sipEmergency: {
    schema: words,
    default: '112,911',
    description:
      'Numbers of emergency services: calls to them, and to urn:service:sos, are never limited or shed. With commas between.',
  },
  sipShedding: {
    schema: oneOf(['on', 'off']),
    default: 'on',
    description:
      'Whether an edge that has more to do than it can refuses new calls that have waited too long, so that it does the rest in time; off: it answers all of them late.',
  },
  drainNotice: {
    schema: wholeNumber(0, 600),
    default: '5',
    unit: 's',
    description:
      'For how long an edge that drains still takes what is new, not ready any more: the time that load balancers, virtual IPs and Services need to notice, and to send it elsewhere.',
  },
  sipOrigins: {
    schema: readBy(
      'must be a list of origins, such as https://phone.example,https://console.example:8443',
      parseOrigins,
    ).optional(),
    description:
      'The pages from which browsers may open WebSockets, by origin, with commas between. Any when unset: nobody is known by where a page comes from, and every phone proves who it is by digest.',
  },
  mediaBalance: {
    schema: oneOf(balances),
    default: 'least-load',
    description:
      'How calls are spread over the media workers of the region, by their weights: least-load, round-robin, or hash (of the Call-ID).',
  },
  traceLadder: {
    schema: oneOf(['on', 'off']),
    default: 'on',
    description:
      'Whether the SIP messages of calls are kept for a day, or as long as there is room, for tandem trace.',
  },
});

function parseResolvers(text: string): readonly HostPort[] | undefined {
  const resolvers = text.split(',').map((part) => parseResolver(part.trim()));
  return resolvers.length <= maxResolvers && resolvers.every((each) => each !== undefined)
    ? resolvers
    : undefined;
}

function parseResolver(text: string): HostPort | undefined {
  const named = parseHostPort(text);
  const host = named && literalOf(named.host);
  return host === undefined || isIP(host) === 0 ? undefined : { host, port: named?.port ?? 53 };
}

const maxOrigins = 64;

/** As browsers write them (RFC 6454 §6.2). */
function parseOrigins(text: string): readonly string[] | undefined {
  const origins = text.split(',').map((part) => part.trim().toLowerCase());
  const isOrigin = (each: string): boolean => URL.canParse(each) && new URL(each).origin === each;
  return origins.length <= maxOrigins && origins.every(isOrigin) ? origins : undefined;
}

const maxRouters = 64;

export const routerLinkSettings: SettingsOf<RouterLinkSettings> = defineSettings<RouterLinkSettings>({
  router: {
    schema: readBy(
      `must be a list of 1 to ${maxRouters} different host:port, such as 10.0.0.7:7070,10.0.0.8:7070`,
      parseRouters,
    ).optional(),
    description:
      'The routers that are asked, host:port with commas between. When unset they are found by membership.',
  },
});

function parseRouters(text: string): readonly string[] | undefined {
  const routers = text.split(',').map((part) => part.trim());
  const named = routers.every((each) => {
    const address = parseHostPort(each);
    return address?.port !== undefined && address.port > 0;
  });
  return named && routers.length <= maxRouters && new Set(routers).size === routers.length
    ? routers
    : undefined;
}

/** What is said of listeners: what an operator has named, once it is found. */
type Naming = Pick<OwnEdgeSettings, 'sipAdvertise' | 'sipShared'>;

/** The listeners with what Via and Record-Route say of each. A Fault when that cannot be known. */
export function advertisedListeners(settings: EdgeSettings): Listener[] {
  const { sipAdvertise, sipShared } = settings;
  const [named, shared] = [namedIn(sipAdvertise), namedIn(sipShared)];
  return settings.sipListen.map(({ scheme: transport, host, port }) => {
    const found = addressFor(named, { transport, host, port });
    if (!found && isWildcard(host)) {
      throw new Fault(advertiseNeeded, `${transport}://${hostPort(host, port)} listens on every address`);
    }
    const advertised = hostPort(found?.host ?? host, found?.port ?? port);
    return { transport, host, port, advertised, shared: sharedName(shared, { transport, host, port }) };
  });
}

/** Says of a listener from now on what has been found anew; its port stays the one that was said before. */
export function readvertise(listener: Listener, { sipAdvertise, sipShared }: Naming): void {
  const found = addressFor(namedIn(sipAdvertise), listener);
  const port = parseHostPort(listener.advertised)?.port ?? listener.port;
  if (found) listener.advertised = hostPort(found.host, found.port ?? port);
  listener.shared = sharedName(namedIn(sipShared), listener) ?? listener.shared;
}

/** Where the other edges reach a listener. */
export function insideAddress({ sipInside }: Pick<OwnEdgeSettings, 'sipInside'>, listener: Listener): string {
  const found = addressFor(namedIn(sipInside), listener);
  return found ? hostPort(found.host, found.port ?? listener.port) : listener.advertised;
}

function namedIn(text: string | undefined): readonly NamedAddress[] {
  return (text === undefined ? undefined : parseNamedAddresses(text)) ?? [];
}

/** The files that TLS needs; undefined when nothing listens for it. A Fault when they are not named. */
export function tlsFiles(settings: EdgeSettings): CredentialFiles | undefined {
  const { sipListen, sipTlsCa, sipTlsCertificate: certificates = [], sipTlsKey: keys = [] } = settings;
  if (!sipListen.some(({ scheme }) => isSecure(scheme))) return undefined;
  if (certificates.length === 0)
    throw new Fault(
      tlsFilesUnusable,
      'TANDEM_SIP_LISTEN has tls:// or wss://, but TANDEM_SIP_TLS_CERTIFICATE is unset',
    );
  if (keys.length !== certificates.length)
    throw new Fault(
      tlsFilesUnusable,
      `TANDEM_SIP_TLS_CERTIFICATE names ${certificates.length}, TANDEM_SIP_TLS_KEY ${keys.length}`,
    );
  return { certificates, keys, authorities: sipTlsCa };
}
