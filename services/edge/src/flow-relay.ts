import { Edit, Fault, forwardRequest, type SipRequest, type SipResponse, statelessBranch } from '@tandem/sip';
import { flowFailed } from './faults.ts';
import { readFlowRoute } from './flow-token.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import { type Destination, ProxiedRequest, type ProxyOwner, viaValue } from './proxied-request.ts';
import type { Flow, KnownFlow } from './socket/flow.ts';

/**
 * What an edge does for the others: it sends a request over a flow that it has, and nothing else (RFC 5626 §5.3). The
 * call, its media and the way back into its dialog are the business of who took the INVITE.
 */
export function readFlow(parts: EdgeParts, request: SipRequest): KnownFlow | undefined {
  const hop = readFlowRoute(request, parts.tokenKey);
  return hop && { ...hop, only: true };
}

/** Relays a request over a flow of ours. Throws a Fault when it is there no more. */
export function relayOverFlow(parts: EdgeParts, tx: ServerTx, flow: KnownFlow): void {
  findFlow(parts, tx.request, flow);
  const destination: Destination = { ...target(tx.request), flow };
  const proxied = new ProxiedRequest(parts, tx, [{ destinations: [destination] }], new Passed(parts, tx));
  tx.user = proxied;
  proxied.start();
}

/** Relays the ACK of a 2xx. */
export function relayAckOverFlow(parts: EdgeParts, request: SipRequest, known: KnownFlow): void {
  if (request.maxForwards === 0) return;
  const flow = findFlow(parts, request, known);
  const via = viaValue(flow, statelessBranch(request, parts.branchSecret));
  flow.send(forwardRequest(request, { ...target(request), via }));
}

/** Never one of a third edge: a request that is passed on twice would be passed on for ever. */
function findFlow({ locator, node }: EdgeParts, { callId }: SipRequest, known: KnownFlow): Flow {
  const flow = known.edge === node ? locator.ownFlow(known) : undefined;
  if (!flow) throw new Fault(flowFailed, `Call-ID ${callId}: ${known.transport} ${known.host}:${known.port}`);
  return flow;
}

/** Our own route is taken off; what is left stands as it shall leave. */
function target(request: SipRequest): Pick<Destination, 'uri' | 'route' | 'isRouted'> {
  const [, ...route] = request.elements('Route');
  return { uri: request.uri, route, isRouted: true };
}

/** Responses go back as they came. */
class Passed implements ProxyOwner {
  readonly body = undefined;
  readonly headers = [];
  readonly responseHeaders = [];
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;

  constructor(parts: EdgeParts, tx: ServerTx) {
    this.#parts = parts;
    this.#tx = tx;
  }

  tried(): void {}

  recordRoute(): readonly string[] {
    return [];
  }

  async responseBody(): Promise<undefined> {}

  /** Who took the INVITE has to know of all that have answered. */
  dismissed(response: SipResponse): void {
    this.#parts.layer.respond(this.#tx, new Edit(response).removeFirst('Via').write(), this.#parts.now());
  }

  forwarded(): void {}

  finished(): void {}
}
