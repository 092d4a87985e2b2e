import {
  type Balance,
  balances,
  defineSettings,
  isWildcard,
  type Listener as ListenAddress,
  listeners,
  oneOf,
  readBy,
  type SettingsOf,
  type SharedSettings,
  wholeNumber,
} from '@tandem/platform';
import { Fault, parseHostPort } from '@tandem/sip';
import { advertiseNeeded } from './faults.ts';
import { hostPort, type Transport, transports } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';

/** What only an edge is told. */
export interface OwnEdgeSettings {
  readonly sipListen: readonly ListenAddress<Transport>[];
  /** `host` or `host:port`; the listener's own address when undefined. */
  readonly sipAdvertise: string | undefined;
  /** The address that all edges share: `host` or `host:port`. */
  readonly sipShared: string | undefined;
  readonly sipMaxTransactions: number;
  readonly sipMaxConnections: number;
  readonly sipMaxConnectionsPerSource: number;
  /** The pages whose scripts may open a WebSocket; any when undefined. */
  readonly sipOrigins: readonly string[] | undefined;
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

const namedAddress = readBy('must be host or host:port, such as sip.example or 203.0.113.5:5060', (text) =>
  parseHostPort(text) ? text : undefined,
).optional();

export const edgeSettings: SettingsOf<OwnEdgeSettings> = defineSettings<OwnEdgeSettings>({
  sipListen: {
    schema: listeners(transports),
    default: 'udp://127.0.0.1:5060,tcp://127.0.0.1:5060',
    description: 'The addresses that SIP is spoken on.',
  },
  sipAdvertise: {
    schema: namedAddress,
    description:
      "What Via says of this node: host or host:port. The listener's address when unset; required where a listener stands for all addresses.",
  },
  sipShared: {
    schema: namedAddress,
    description:
      'The address that all edges share, such as a virtual IP: Record-Route names it, so that a dialog outlives its edge. An IP address is listened on, at the ports of the listeners, for as long as this machine has it.',
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
    return address !== undefined && address.host !== '' && address.port !== undefined && address.port > 0;
  });
  return named && routers.length <= maxRouters && new Set(routers).size === routers.length
    ? routers
    : undefined;
}

/** The listeners with what Via says of each. A Fault when that cannot be known. */
export function advertisedListeners({ sipListen, sipAdvertise }: EdgeSettings): Listener[] {
  return sipListen.map(({ scheme, host, port }) => {
    if (sipAdvertise === undefined && isWildcard(host)) {
      throw new Fault(advertiseNeeded, `${scheme}://${hostPort(host, port)} listens on every address`);
    }
    const named = sipAdvertise === undefined ? undefined : parseHostPort(sipAdvertise);
    return { transport: scheme, host, port, advertised: hostPort(named?.host ?? host, named?.port ?? port) };
  });
}
