import { type Announcement, firstConnection, type Membership, type TokenKey } from '@tandem/platform';
import { bareHost, parseHostPort } from '@tandem/sip';
import type { BranchTag } from './branch-tag.ts';
import { DistantFlow } from './distant-flow.ts';
import { flowRoute } from './flow-token.ts';
import type { Flow, KnownFlow } from './socket/flow.ts';
import type { Sockets } from './socket/sockets.ts';
import { type Transport, transportNamed } from './socket/transport.ts';
import type { Hop } from './token.ts';

/** What the ways to other edges are made of. */
export interface NeighbourParts {
  readonly membership: Pick<Membership, 'members' | 'onChange'> | undefined;
  /** This edge's node id. */
  readonly node: string;
  readonly tagOf: BranchTag;
  readonly sockets: Sockets;
  /** Looks a host up. */
  readonly addressOf: (host: string) => Promise<string | undefined>;
  readonly tokenKey: TokenKey;
  /** Told that nothing sent over a flow will be answered any more. */
  readonly lost: (flow: Flow) => void;
}

/** By preference: a stream takes requests of any size. */
const carriers: readonly Transport[] = ['tcp', 'udp'];

/** What messages go to an edge over, and the address of it that this leads to. */
interface Carrier {
  readonly flow: Flow;
  readonly address: string;
}

/** How many are known of an edge whose address has changed: what went over the last ones may still be answered. */
const maxCarriers = 4;

/** The other edges that are alive, as far as this one knows. */
export class Neighbours {
  readonly #parts: NeighbourParts;
  /** By node id, the last first. */
  readonly #carriers = new Map<string, readonly Carrier[]>();
  /** What is to be done when an edge is gone. */
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #stop: (() => void) | undefined;
  #addresses: ReadonlySet<string>;

  constructor(parts: NeighbourParts) {
    this.#parts = parts;
    this.#addresses = this.#allAddresses();
    this.#stop = parts.membership?.onChange(({ change, member }) => {
      if (member.tier !== 'edge') return;
      this.#addresses = this.#allAddresses();
      if (change !== 'changed') this.#forget(member.id);
    });
  }

  /** The addresses of all, `host:port`. */
  get addresses(): ReadonlySet<string> {
    return this.#addresses;
  }

  /** Calls once when an edge is gone, or has begun anew; returns what stops that. */
  whenGone(node: string, call: () => void): () => void {
    const waiting = this.#waiting.get(node) ?? new Set();
    this.#waiting.set(node, waiting.add(call));
    return () => {
      if (waiting.delete(call) && waiting.size === 0) this.#waiting.delete(node);
    };
  }

  /** The way to a phone whose flow is another edge's; undefined when that edge is gone, or the flow with an earlier life. */
  async flowOf(known: KnownFlow, callId: string): Promise<Flow | undefined> {
    const member = this.#members().find(({ id }) => id === known.edge);
    if (!member || isOfEarlierLife(known, member)) return undefined;
    const way = await this.#wayTo(member);
    if (!way) return undefined;
    const { carrier, address } = way;
    const { node, sockets, tokenKey } = this.#parts;
    const hop = hopOf(known);
    return new DistantFlow(known, {
      carrier,
      listener: sockets.listenerFor(hop.transport, hop.host) ?? carrier.listener,
      route: flowRoute({ hop, asker: node, hidden: known.hidden }, address, callId, tokenKey),
    });
  }

  /**
   * A request of another edge has come over a flow, and proves by the key of all edges whose it is: a connection that one
   * has opened from its own address serves both ways (RFC 5923). One that is not known yet may be about to arrive, and
   * begins anew then.
   */
  heard(id: string, flow: Flow): void {
    if (flow.transport !== 'tcp' || this.#carriers.get(id)?.[0]?.flow === flow) return;
    const member = this.#members().find((each) => each.id === id);
    const address = member?.addresses['sip+tcp'] ?? '';
    const own = parseHostPort(address)?.host ?? '';
    if (!member || bareHost(own) !== flow.host || this.#known(member)?.isGone === false) return;
    this.#keep(id, { flow, address });
  }

  /** What leads to the edge that writes branches under a tag; undefined when it is not there. */
  async carrierTo(tag: string): Promise<Flow | undefined> {
    const member = this.#members().find(({ id }) => this.#parts.tagOf(id) === tag);
    return member && (await this.#wayTo(member))?.carrier;
  }

  /** The hosts of all, IP literals without brackets. */
  get hosts(): ReadonlySet<string> {
    return new Set(Array.from(this.#addresses, (address) => bareHost(parseHostPort(address)?.host ?? '')));
  }

  close(): void {
    this.#stop?.();
  }

  #members(): readonly Announcement[] {
    const { membership, node } = this.#parts;
    return membership?.members('edge').filter(({ id }) => id !== node) ?? [];
  }

  #allAddresses(): Set<string> {
    const all = this.#members().flatMap(({ addresses }) => Object.entries(addresses));
    return new Set(all.filter(([name]) => name.startsWith('sip+')).map(([, address]) => address));
  }

  async #wayTo(member: Announcement): Promise<{ carrier: Flow; address: string } | undefined> {
    for (const transport of carriers) {
      const address = member.addresses[`sip+${transport}`];
      if (address === undefined) continue;
      const carrier = this.#known(member) ?? (await this.#open(member.id, transport, address));
      if (carrier) return { carrier, address };
    }
    return undefined;
  }

  /**
   * The same one for as long as it leads to where the edge is now; for a datagram each time, or nobody could be told that
   * it is lost.
   */
  #known({ id, addresses }: Announcement): Flow | undefined {
    const [last] = this.#carriers.get(id) ?? [];
    if (!last || last.flow.isGone) return undefined;
    return carriers.some((each) => addresses[`sip+${each}`] === last.address) ? last.flow : undefined;
  }

  async #open(id: string, transport: Transport, address: string): Promise<Flow | undefined> {
    const named = parseHostPort(address);
    const host = named && (await this.#parts.addressOf(named.host));
    const flow = host ? this.#parts.sockets.flowTo(transport, host, named.port ?? 5060) : undefined;
    if (flow) this.#keep(id, { flow, address });
    return flow;
  }

  #keep(id: string, carrier: Carrier): void {
    const before = (this.#carriers.get(id) ?? []).filter(({ flow }) => flow !== carrier.flow && !flow.isGone);
    this.#carriers.set(id, [carrier, ...before].slice(0, maxCarriers));
  }

  /** What was sent to it gets no answer, and its next life is to be found elsewhere. */
  #forget(id: string): void {
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const call of waiting) call();
    const known = this.#carriers.get(id) ?? [];
    this.#carriers.delete(id);
    for (const { flow } of known) {
      this.#parts.lost(flow);
      this.#parts.sockets.abandon(flow.connection);
    }
  }
}

function hopOf({ transport, localHost, only: nat = false, ...known }: KnownFlow): Hop {
  const { host, port, localPort, edge, connection } = known;
  return {
    transport: transportNamed(transport),
    host,
    port,
    localPort,
    ...(localHost !== undefined && { localHost }),
    edge,
    connection,
    nat,
  };
}

function isOfEarlierLife({ connection }: KnownFlow, { startedMs }: Announcement): boolean {
  return connection !== 0 && connection < firstConnection(startedMs);
}
