import {
  defaultTransport,
  excerpt,
  Fault,
  type Located,
  locate,
  namedTransport,
  parseUri,
  type Question,
  type SipUri,
  type Target,
} from '@tandem/sip';
import { AvoidedTargets } from './avoided-targets.ts';
import type { Resolver } from './dns/resolver.ts';
import { resolverSilent, targetUnreachable, transportUnsupported } from './faults.ts';
import type { Neighbours } from './neighbours.ts';
import { NextHops, type Ways } from './next-hops.ts';
import type { Flow, KnownFlow } from './socket/flow.ts';
import type { Sockets } from './socket/sockets.ts';
import { parseTransport } from './socket/transport.ts';

/** Milliseconds until a name that is not known has failed. */
const deadline = 1_800;
/** NAPTR, SRV, addresses: more rounds of questions than that mean that answers are forgotten as they come. */
const maxRounds = 8;

export interface LocatorParts {
  readonly sockets: Sockets;
  readonly neighbours: Neighbours;
  readonly resolver: Resolver;
  /** This edge's node id. */
  readonly node: string;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly now: () => number;
}

/** Finds the flows by which a next hop is reached. */
export class Locator implements Ways {
  readonly avoided: AvoidedTargets = new AvoidedTargets();
  readonly #parts: LocatorParts;
  readonly #options: Parameters<typeof locate>[1];

  constructor(parts: LocatorParts) {
    this.#parts = parts;
    const { random, resolver, sockets } = parts;
    this.#options = {
      answers: resolver.answers,
      random,
      get speech() {
        return sockets.speech;
      },
    };
  }

  /**
   * The flow that a contact registered over, here or at another edge, where there is one that still lives; else the
   * places that the URI leads to (RFC 3263 §4). `callId` is of the request that it is for. Throws a Fault that names what
   * cannot be reached.
   */
  async hops(uri: string, flow: KnownFlow | undefined, callId: string): Promise<NextHops> {
    const known = flow && (this.ownFlow(flow) ?? (await this.#distantFlow(flow, callId)));
    if (known) return NextHops.known(known);
    if (flow?.only || (flow && this.#isSource(uri, flow)))
      throw new Fault(targetUnreachable, `${excerpt(uri)}: its connection is gone`);
    const targets = this.#targets(uri);
    const found = 'then' in targets ? await targets : targets;
    return NextHops.of(excerpt(uri), this.avoided.order(found, this.#parts.now()), this);
  }

  /** The places that a URI leads to, in the order in which they would be tried. Throws a Fault as `hops` does. */
  async targets(uri: string): Promise<readonly Target[]> {
    return this.avoided.order(await this.#targets(uri), this.#parts.now());
  }

  /** The flow to the first of them: for what is sent once, and not answered. */
  async reach(uri: string, flow: KnownFlow | undefined, callId: string): Promise<Flow> {
    return (await this.hops(uri, flow, callId)).first();
  }

  /** A flow that needs no other edge; undefined when the connection is gone or another edge's. */
  ownFlow(flow: KnownFlow): Flow | undefined {
    const { edge, host, port, localPort, localHost } = flow;
    const { node, sockets } = this.#parts;
    if (flow.transport !== 'udp') return edge === node ? sockets.connection(flow.connection) : undefined;
    const isOwn = !flow.only || edge === '' || edge === node || sockets.has(localHost);
    return isOwn ? sockets.flowTo('udp', host, port, { port: localPort, host: localHost }) : undefined;
  }

  /** Over TLS the peer has to prove the name of the URI (RFC 5922 §4). */
  open({ transport, address, port, name }: Target): Flow | undefined {
    const spoken = parseTransport(transport);
    return spoken && this.#parts.sockets.flowTo(spoken, address, port, undefined, name);
  }

  trying(target: Target): void {
    this.avoided.trying(target, this.#parts.now());
  }

  failed(target: Target, milliseconds: number | undefined): void {
    this.avoided.failed(target, this.#parts.now(), milliseconds);
  }

  isAvoided(target: Target): boolean {
    return this.avoided.isAvoided(target, this.#parts.now());
  }

  answered(target: Target): void {
    this.avoided.answered(target);
  }

  /** Of an edge that is gone a NAT may still let another one's datagrams through. */
  async #distantFlow(flow: KnownFlow, callId: string): Promise<Flow | undefined> {
    const { neighbours, node } = this.#parts;
    if (flow.edge === node) return undefined;
    const distant = await neighbours.flowOf(flow, callId);
    return distant ?? this.ownFlow({ ...flow, edge: '' });
  }

  /** A contact at the port that a connection to another edge came from: nobody listens there. */
  #isSource(text: string, { edge, port, transport }: KnownFlow): boolean {
    if (transport === 'udp' || edge === this.#parts.node) return false;
    const uri = parseUri(text);
    return uri !== undefined && uri.scheme !== 'tel' && uri.port === port;
  }

  /** At once when nothing has to be asked. */
  #targets(text: string): readonly Target[] | Promise<readonly Target[]> {
    const uri = parseUri(text);
    if (!uri || uri.scheme === 'tel') throw new Fault(targetUnreachable, `${excerpt(text)}: not a SIP URI`);
    const located = locate(uri, this.#options);
    return located.wanted.length === 0 ? this.#found(uri, text, located) : this.#ask(uri, text, located);
  }

  async #ask(uri: SipUri, text: string, first: Located): Promise<readonly Target[]> {
    const { resolver } = this.#parts;
    const late = timeout(deadline);
    let located = first;
    try {
      for (let round = 0; located.wanted.length > 0; round++) {
        const asked = await Promise.race([resolver.ask(located.wanted), late.promise]);
        if (asked === 'late' || round === maxRounds) throw this.#silent(text, located.wanted);
        located = locate(uri, this.#options);
      }
    } finally {
      late.clear();
    }
    return this.#found(uri, text, located);
  }

  #found(uri: SipUri, text: string, { failed, targets }: Located): readonly Target[] {
    if (targets.length > 0) return targets;
    if (failed.length > 0) throw this.#silent(text, failed);
    const named = namedTransport(uri) ?? defaultTransport(uri);
    const { transports } = this.#options.speech;
    if (!transports.some((each) => each === named)) throw new Fault(transportUnsupported, excerpt(text));
    throw new Fault(targetUnreachable, `${excerpt(text)}: the name does not resolve`);
  }

  #silent(text: string, [question]: readonly Question[]): Fault {
    const why = question && this.#parts.resolver.failureOf(question);
    const asked = question && `${question.type} ${question.name}`;
    return new Fault(resolverSilent, `${excerpt(text)}: ${why || `${asked}: no answer within 2 s`}`);
  }
}

function timeout(milliseconds: number): { readonly promise: Promise<'late'>; readonly clear: () => void } {
  const { promise, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), milliseconds);
  return { promise, clear: () => clearTimeout(timer) };
}
