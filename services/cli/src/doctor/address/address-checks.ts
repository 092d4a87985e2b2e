import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { formatHostPort, type HostPort } from '@tandem/platform';
import type { ProbeAnswer } from '../../cluster/probe.ts';
import { Phone } from '../../phone/phone.ts';
import { formatProxyAddress, type ProxyAddress, parseProxyAddress } from '../../phone/proxy-address.ts';
import { ownAddress } from '../../phone/transport/own-address.ts';
import type { Check, Finding } from '../check.ts';
import type { ClusterView } from './cluster-view.ts';
import { type HopFinding, judge } from './hop.ts';
import type { Observation, Seen } from './observation.ts';
import { judgeRange } from './range.ts';
import { askByRtp } from './rtp-probe.ts';
import { askByUdp } from './sip-probe.ts';

/** What is known of a cluster whose addresses are tried. */
export interface Addresses {
  /** Undefined: only what comes back is known. */
  readonly view: ClusterView | undefined;
  /** Which of the targets are answered over a stream. */
  readonly open: Set<string>;
  /** Whether it is asked from within the cluster. */
  readonly isWithin?: boolean;
}

/** A check of one address. */
export interface AddressCheck extends Check<Addresses> {
  run(subject: Addresses): Promise<AddressFinding>;
}

type AddressFinding = Finding & Pick<HopFinding, 'isCertain'>;

/** Where parties are told to send media to a worker. */
export interface RtpAddress {
  readonly id: string;
  readonly host: string;
}

/** Milliseconds that a stream may take. */
const answerWithin = 3_000;
/** The token of a probe has 16 octets. */
const newToken = (): string => randomBytes(16).toString('hex');

/** In the order of their checks: streams tell what is wrong with UDP. */
export function streamsFirst(targets: readonly ProxyAddress[]): readonly ProxyAddress[] {
  const isDatagram = ({ transport }: ProxyAddress): boolean => transport === 'udp';
  return [...targets.filter((each) => !isDatagram(each)), ...targets.filter(isDatagram)];
}

/** Whether SIP gets to an address and back. */
export function sipCheck(target: ProxyAddress): AddressCheck {
  return target.transport === 'udp' ? datagramCheck(target) : streamCheck(target);
}

function streamCheck(target: ProxyAddress): AddressCheck {
  return {
    name: formatProxyAddress(target),
    layer: 'address',
    hint: 'Nothing leads from there to an edge: a Service without this port or without ready pods, a firewall, or a wrong address.',
    run: async ({ open }) => {
      const account = { user: 'doctor', domain: target.host, password: '' };
      const phone = await Phone.open({ account, proxy: target, security: { insecure: true }, answerWithin });
      try {
        const { status } = await phone.options();
        open.add(formatHostPort(target));
        return { ok: status < 500, value: `answered ${status}` };
      } finally {
        await phone.close();
      }
    },
  };
}

function datagramCheck(named: ProxyAddress): AddressCheck {
  return {
    name: formatProxyAddress(named),
    layer: 'address',
    hint: '',
    run: async ({ isWithin, open, view }) => {
      const token = newToken();
      const nodes = await view?.begin(token);
      const address = await addressOf(named.host);
      if (address === undefined) return nameless(named.host);
      const target = { host: address, port: named.port };
      const own = await ownAddress(target);
      const { answeredBy, port } = await askByUdp(target, own, token);
      const seen = seenBy(await view?.seen(token), 'edge');
      const isPod = isOfPod(nodes, target.host);
      const ends = { target, own: { host: own, port }, answeredBy, seen };
      const observation: Observation = { ...ends, isPod, ...(isWithin && { isWithin }) };
      const finding = judge('OPTIONS', observation);
      const isMissing = !finding.ok && !answeredBy && !seen?.length && open.has(formatHostPort(named));
      return isMissing ? udpMissing(target) : finding;
    },
  };
}

function udpMissing(target: HostPort): HopFinding {
  return {
    ok: false,
    value: `UDP to ${formatHostPort(target)} does not arrive, TCP does`,
    hint: 'The Service of UDP is missing, or a firewall drops UDP: many load balancers want a Service for each protocol.',
  };
}

/** Where workers say that they are reached. */
export function rtpAddresses(nodes: readonly ProbeAnswer[]): readonly RtpAddress[] {
  return nodes
    .filter(({ tier }) => tier === 'media')
    .flatMap(({ addresses, id }) => addresses.map((text) => ({ id, host: text.slice('rtp://'.length) })));
}

/** Whether media gets to a worker and back. */
export function rtpCheck(view: ClusterView, { host, id }: RtpAddress): AddressCheck {
  return {
    name: `rtp ${host} of ${id}`,
    layer: 'address',
    hint: '',
    run: async ({ isWithin }) => {
      const token = newToken();
      const nodes = await view.begin(token);
      const ports = nodes.find((node) => node.tier === 'media' && node.id === id)?.ports ?? [];
      if (ports.length === 0)
        return { ok: false, value: `${id} does not answer`, hint: 'See `tandem nodes`.' };
      const own = await ownAddress({ host, port: ports[0]! });
      const { answeredBy, port } = await askByRtp(host, ports, token);
      const seen = seenBy(await view.seen(token), 'media') ?? [];
      const findings = ports.map((each) => ({
        port: each,
        finding: judge('RTP', {
          target: { host, port: each },
          node: id,
          own: { host: own, port },
          answeredBy: answeredBy.get(each),
          seen: seen.filter((sighting) => sighting.port === each),
          isPod: isOfPod(nodes, host),
          ...(isWithin && { isWithin }),
        }),
      }));
      return judgeRange(host, findings);
    },
  };
}

function seenBy(nodes: readonly ProbeAnswer[] | undefined, tier: ProbeAnswer['tier']): Seen[] | undefined {
  return nodes
    ?.filter((node) => node.tier === tier)
    .flatMap(({ id, seen }) => seen.map((sighting) => ({ ...sighting, node: id })));
}

function isOfPod(nodes: readonly ProbeAnswer[] | undefined, host: string): boolean {
  return nodes?.some(({ pod }) => pod.includes(host)) ?? false;
}

/** What the nodes of a cluster say of themselves; with their ports by `begin`. */
export function nodesOf(view: ClusterView, verb: 'begin' | 'seen' = 'seen'): Promise<readonly ProbeAnswer[]> {
  return view[verb](newToken());
}

/** What edges say that they are reached at, each once. */
export function sipAddresses(nodes: readonly ProbeAnswer[]): ProxyAddress[] {
  const edges = nodes.filter(({ tier }) => tier === 'edge');
  const named = new Set(edges.flatMap(({ addresses }) => addresses));
  return [...named].flatMap((text) => parseProxyAddress(text) ?? []);
}

/** The address that a host has; undefined for a name that nobody knows. */
export async function addressOf(host: string): Promise<string | undefined> {
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
}

function nameless(host: string): AddressFinding {
  return {
    ok: false,
    value: `no resolver knows an address of ${host}`,
    hint: 'The name is written wrongly, or its zone lacks it: whoever is told it sends nowhere.',
  };
}
