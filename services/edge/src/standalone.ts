import type { router } from '@tandem/contract';
import type { Branch } from './branch.ts';
import { headersOf, toGroup } from './destination.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import { ProxiedRequest } from './proxied-request.ts';
import type { ProxyOwner } from './proxy-owner.ts';
import { hopOf, recordRoutes } from './record-route.ts';
import type { Flow } from './socket/flow.ts';

/** Methods that are routed like an INVITE, but begin no call. */
export const standaloneMethods: readonly string[] = ['MESSAGE', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH'];

/**
 * Relays a request that begins no call, to all places at once: the sender does not wait long enough for one after the
 * other (RFC 4321 §1.2). The first 2xx is its answer.
 */
export function relayStandalone(parts: EdgeParts, tx: ServerTx, relay: router.Relay): ProxiedRequest {
  const destinations = relay.groups.flatMap((group) => toGroup(group).destinations);
  return new ProxiedRequest(parts, tx, [{ destinations }], new Standalone(parts, tx, relay.edits));
}

class Standalone implements ProxyOwner {
  readonly body: undefined;
  readonly headers: ProxyOwner['headers'];
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;

  constructor(parts: EdgeParts, tx: ServerTx, edits: readonly router.HeaderEdit[]) {
    this.#parts = parts;
    this.#tx = tx;
    this.headers = headersOf(edits);
  }

  /** RFC 6665 §4.1.2.4: the NOTIFY of every phone that takes a subscription comes back through here. */
  recordRoute(branch: Branch, flow: Flow): readonly string[] {
    const { request, flow: source } = this.#tx;
    if (request.method !== 'SUBSCRIBE') return [];
    const { node } = this.#parts;
    const token = {
      call: '',
      media: '',
      caller: hopOf(source, request.contacts[0]?.uri, node),
      callee: hopOf(flow, branch.destination.uri, node, branch.destination.flow?.only),
    };
    return recordRoutes(this.#parts, request, token, source.listener, flow.listener);
  }

  responseHeaders(): readonly [] {
    return [];
  }

  async responseBody(): Promise<undefined> {}

  tried(): void {}
  dismissed(): void {}
  forwarded(): void {}
  finished(): void {}
}
