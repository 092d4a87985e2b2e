import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { router } from '@tandem/contract';
import { excerpt, Fault, parseUri, type SipUri } from '@tandem/sip';
import { targetUnreachable, transportUnsupported } from './faults.ts';
import type { Flow, Transport } from './socket/flow.ts';
import type { Sockets } from './socket/sockets.ts';

/** Finds the flow by which a next hop is reached. */
export class Locator {
  readonly #sockets: Sockets;
  /** This edge's node id. */
  readonly #node: string;

  constructor(sockets: Sockets, node: string) {
    this.#sockets = sockets;
    this.#node = node;
  }

  /**
   * The flow that a contact registered over, where there is one that still lives; else by the URI.
   * Throws a Fault that names what cannot be reached.
   */
  async reach(uri: string, flow: KnownFlow | undefined): Promise<Flow> {
    const known = flow && this.#knownFlow(flow);
    if (known) return known;
    if (flow?.only) throw new Fault(targetUnreachable, `${excerpt(uri)}: its connection is gone`);
    return this.#byUri(uri);
  }

  #knownFlow(flow: KnownFlow): Flow | undefined {
    if (flow.transport === 'udp') return this.#sockets.flowTo('udp', flow.host, flow.port, flow.localPort);
    return flow.edge === this.#node ? this.#sockets.connection(flow.connection) : undefined;
  }

  async #byUri(text: string): Promise<Flow> {
    const uri = parseUri(text);
    if (!uri || uri.scheme === 'tel') throw new Fault(targetUnreachable, `${excerpt(text)}: not a SIP URI`);
    const transport = transportOf(uri);
    const host = await address(uri.host);
    const flow = transport && host ? this.#sockets.flowTo(transport, host, uri.port ?? 5060) : undefined;
    if (flow) return flow;
    if (!host) throw new Fault(targetUnreachable, `${excerpt(text)}: the name does not resolve`);
    throw new Fault(transportUnsupported, excerpt(text));
  }
}

/** A flow by its description: from a binding, or from a dialog's token. */
export type KnownFlow = Pick<router.Flow, 'host' | 'port' | 'localPort' | 'edge' | 'connection'> & {
  readonly transport: string;
  /** No other way leads there. */
  readonly only?: boolean;
};

/** RFC 3263 §4.1 without NAPTR: the transport parameter, or UDP. */
function transportOf(uri: SipUri): Transport | undefined {
  const named = uri.params.get('transport')?.toLowerCase() ?? 'udp';
  return uri.scheme === 'sip' && (named === 'udp' || named === 'tcp') ? named : undefined;
}

async function address(host: string): Promise<string | undefined> {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  if (isIP(bare) !== 0) return bare;
  try {
    return (await lookup(bare)).address;
  } catch {
    return undefined;
  }
}
