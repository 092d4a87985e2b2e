import { excerpt, Fault, parseUri, type SipUri } from '@tandem/sip';
import { targetUnreachable, transportUnsupported } from './faults.ts';
import type { Neighbours } from './neighbours.ts';
import { resolve } from './resolve.ts';
import type { Flow, KnownFlow } from './socket/flow.ts';
import type { Sockets } from './socket/sockets.ts';
import { defaultPort, type Transport, transportOf } from './socket/transport.ts';

/** Finds the flow by which a next hop is reached. */
export class Locator {
  readonly #sockets: Sockets;
  readonly #neighbours: Neighbours;
  /** This edge's node id. */
  readonly #node: string;

  constructor(sockets: Sockets, neighbours: Neighbours, node: string) {
    this.#sockets = sockets;
    this.#neighbours = neighbours;
    this.#node = node;
  }

  /**
   * The flow that a contact registered over, here or at another edge, where there is one that still lives; else by the
   * URI. `callId` is of the request that it is for. Throws a Fault that names what cannot be reached.
   */
  async reach(uri: string, flow: KnownFlow | undefined, callId: string): Promise<Flow> {
    const known = flow && (this.ownFlow(flow) ?? (await this.#distantFlow(flow, callId)));
    if (known) return known;
    if (flow?.only || (flow && this.#isSource(uri, flow)))
      throw new Fault(targetUnreachable, `${excerpt(uri)}: its connection is gone`);
    return this.#byUri(uri);
  }

  /** A flow that needs no other edge; undefined when the connection is gone or another edge's. */
  ownFlow(flow: KnownFlow): Flow | undefined {
    const { edge, host, port, localPort, localHost } = flow;
    if (flow.transport !== 'udp')
      return edge === this.#node ? this.#sockets.connection(flow.connection) : undefined;
    const isOwn = !flow.only || edge === '' || edge === this.#node || this.#sockets.has(localHost);
    return isOwn ? this.#sockets.flowTo('udp', host, port, { port: localPort, host: localHost }) : undefined;
  }

  /** Of an edge that is gone a NAT may still let another one's datagrams through. */
  async #distantFlow(flow: KnownFlow, callId: string): Promise<Flow | undefined> {
    if (flow.edge === this.#node) return undefined;
    const distant = await this.#neighbours.flowOf(flow, callId);
    return distant ?? this.ownFlow({ ...flow, edge: '' });
  }

  /** A contact at the port that a connection to another edge came from: nobody listens there. */
  #isSource(text: string, { edge, port, transport }: KnownFlow): boolean {
    if (transport === 'udp' || edge === this.#node) return false;
    const uri = parseUri(text);
    return uri !== undefined && uri.scheme !== 'tel' && uri.port === port;
  }

  async #byUri(text: string): Promise<Flow> {
    const uri = parseUri(text);
    if (!uri || uri.scheme === 'tel') throw new Fault(targetUnreachable, `${excerpt(text)}: not a SIP URI`);
    const transport = transportOf(uri);
    const host = await resolve(uri.host);
    const flow = transport && host ? this.#flowTo(transport, host, uri) : undefined;
    if (flow) return flow;
    if (!host) throw new Fault(targetUnreachable, `${excerpt(text)}: the name does not resolve`);
    throw new Fault(transportUnsupported, excerpt(text));
  }

  /** Over TLS the peer has to prove the name of the URI (RFC 5922 §4). */
  #flowTo(transport: Transport, host: string, { host: name, port }: SipUri): Flow | undefined {
    return this.#sockets.flowTo(transport, host, port ?? defaultPort(transport), undefined, name);
  }
}
