import {
  Edit,
  Fault,
  forwardRequest,
  parseMessage,
  SipRequest,
  type SipResponse,
  statelessBranch,
} from '@tandem/sip';
import type { Destination } from './destination.ts';
import { flowFailed } from './faults.ts';
import type { FlowRequest } from './flow-token.ts';
import { viaValue } from './own-via.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import { ProxiedRequest } from './proxied-request.ts';
import type { Dismissal, ProxyOwner, Screen } from './proxy-owner.ts';
import type { Flow, KnownFlow } from './socket/flow.ts';
import { restoreVias } from './veil.ts';

/**
 * What an edge does for the others: it sends a request over a flow that it has, and nothing else (RFC 5626 §5.3). The
 * call, its media and the way back into its dialog are the business of who took the INVITE. Throws a Fault when the flow
 * is there no more.
 */
export function relayOverFlow(parts: EdgeParts, tx: ServerTx, asked: FlowRequest): void {
  findFlow(parts, tx.request, asked);
  parts.neighbours.heard(asked.asker, tx.flow);
  const destination: Destination = { ...target(tx.request), flow: known(asked) };
  const passed = new Passed(parts, tx, asked.hidden ?? false);
  const proxied = new ProxiedRequest(parts, tx, [{ destinations: [destination] }], passed);
  tx.user = proxied;
  if (tx.request.method === 'INVITE') {
    // Nobody else could stop the phone from ringing.
    passed.settled = parts.neighbours.whenGone(asked.asker, () => proxied.cancel(askerGone));
  }
  proxied.start();
}

const askerGone = 'SIP;cause=503;text="The edge of the caller is gone"';

/** Relays the ACK of a 2xx. */
export function relayAckOverFlow(parts: EdgeParts, request: SipRequest, asked: FlowRequest): void {
  if (request.maxForwards === 0) return;
  const flow = findFlow(parts, request, asked);
  const via = viaValue(flow, statelessBranch(request, parts.branchSecret));
  const shown = asked.hidden ? pathless.request(request) : request;
  parts.send(forwardRequest(shown, { ...target(request), via }), flow);
}

/** Never one of a third edge: a request that is passed on twice would be passed on for ever. */
function findFlow({ counters, locator, node }: EdgeParts, { callId }: SipRequest, asked: FlowRequest): Flow {
  const { edge, transport, host, port } = asked.hop;
  const flow = edge === node ? locator.ownFlow(known(asked)) : undefined;
  if (!flow) throw new Fault(flowFailed, `Call-ID ${callId}: ${transport} ${host}:${port} of ${asked.asker}`);
  counters.relayed++;
  return flow;
}

function known({ hop }: FlowRequest): KnownFlow {
  return { ...hop, only: true };
}

/** Our own route is taken off; what is left stands as it shall leave. */
function target(request: SipRequest): Pick<Destination, 'uri' | 'route' | 'isRouted'> {
  const [, ...route] = request.elements('Route');
  return { uri: request.uri, route, isRouted: true };
}

/** Who is hidden from does not see which edges a request has passed. */
const pathless: Screen = {
  keepsChallenges: false,
  request: (request) => {
    const changed = parseMessage(new Edit(request).remove('Via').write());
    if (changed instanceof SipRequest) return changed;
    throw new Error(`a ${request.method} is none any more without its path`);
  },
  response: (response, request) => {
    const edit = new Edit(response);
    restoreVias(edit, request);
    return edit;
  },
};

/** Responses go back as they came. */
class Passed implements ProxyOwner, Dismissal {
  readonly body = undefined;
  readonly late = this;
  readonly headers = [];
  /** Called when there is nothing to cancel any more. */
  settled: () => void = () => {};
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #hidden: boolean;

  constructor(parts: EdgeParts, tx: ServerTx, hidden: boolean) {
    this.#parts = parts;
    this.#tx = tx;
    this.#hidden = hidden;
  }

  veil(): Screen | undefined {
    return this.#hidden ? pathless : undefined;
  }

  tried(): void {}

  recordRoute(): readonly string[] {
    return [];
  }

  responseHeaders(): readonly [] {
    return [];
  }

  async responseBody(): Promise<undefined> {}

  /** Who took the INVITE has to know of all that have answered. */
  dismiss(response: SipResponse): void {
    const { request } = this.#tx;
    const edit = this.#hidden ? pathless.response(response, request) : new Edit(response).removeFirst('Via');
    this.#parts.layer.respond(this.#tx, edit.write(), this.#parts.now());
  }

  forwarded({ status }: SipResponse): void {
    if (status >= 200) this.settled();
  }

  finished(): void {
    this.settled();
  }
}
