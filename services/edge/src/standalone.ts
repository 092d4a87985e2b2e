import type { router } from '@tandem/contract';
import type { Branch } from './branch.ts';
import { calleeRoutes, callVeil, outsidersOf } from './call-outside.ts';
import { headersOf, toGroup } from './destination.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import { ProxiedRequest } from './proxied-request.ts';
import { noDismissal, type ProxyOwner, type Screen } from './proxy-owner.ts';
import { hopOf } from './record-route.ts';
import type { Flow } from './socket/flow.ts';
import type { DialogToken } from './token.ts';

/** Methods that are routed like an INVITE, but begin no call. */
export const standaloneMethods: readonly string[] = ['MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH'];

/**
 * Relays a request that begins no call, to all places at once: the sender does not wait long enough for one after the
 * other (RFC 4321 §1.2). The first 2xx is its answer.
 */
export function relayStandalone(parts: EdgeParts, tx: ServerTx, relay: router.Relay): ProxiedRequest {
  const destinations = relay.groups.flatMap((group) => toGroup(group).destinations);
  return new ProxiedRequest(parts, tx, [{ destinations }], new Standalone(parts, tx, relay));
}

class Standalone implements ProxyOwner {
  readonly body: undefined;
  readonly late = noDismissal;
  readonly headers: ProxyOwner['headers'];
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  /** The sender, when it is outside. */
  readonly #caller: router.Outside | undefined;

  constructor(parts: EdgeParts, tx: ServerTx, { caller, edits }: router.Relay) {
    this.#parts = parts;
    this.#tx = tx;
    this.#caller = caller;
    this.headers = headersOf(edits);
  }

  veil(branch: Branch, flow: Flow): Screen | undefined {
    if (!this.#caller && !branch.destination.outside) return undefined;
    const way = { from: this.#tx.flow.listener, to: flow.listener };
    return callVeil(this.#parts, this.#tx.request, this.#token(branch, flow), way);
  }

  /** RFC 6665 §4.1.2.4: the NOTIFY of every phone that takes a subscription comes back through here. */
  recordRoute(branch: Branch, flow: Flow): readonly string[] {
    const { request, flow: source } = this.#tx;
    if (request.method !== 'SUBSCRIBE') return [];
    return calleeRoutes(this.#parts, request, this.#token(branch, flow), source.listener, flow.listener);
  }

  #token({ destination }: Branch, flow: Flow): DialogToken {
    const { request, flow: source } = this.#tx;
    const { node } = this.#parts;
    const outsiders = outsidersOf(request, this.#caller, destination.outside);
    return {
      call: '',
      media: '',
      caller: hopOf(source, request.contacts[0]?.uri, node),
      callee: hopOf(flow, destination.uri, node, destination.flow?.only),
      ...(outsiders && { outsiders }),
    };
  }

  responseHeaders(): readonly [] {
    return [];
  }

  async responseBody(): Promise<undefined> {}

  tried(): void {}
  forwarded(): void {}
  finished(): void {}
}
