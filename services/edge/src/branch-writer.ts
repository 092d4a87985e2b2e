import { forwardRequest, loopKey } from '@tandem/sip';
import { bodyWith } from './body.ts';
import type { Branch } from './branch.ts';
import { viaValue } from './own-via.ts';
import type { ClientUser, EdgeParts, ServerTx } from './parts.ts';
import type { ProxyOwner } from './proxy-owner.ts';
import type { Flow } from './socket/flow.ts';
import { authorizedHeaders } from './trunk-challenge.ts';
import type { Upstream } from './upstream.ts';
import { withheldCredentials } from './withheld-credentials.ts';

/** Octets of a request that goes over UDP where it need not (RFC 3261 §18.1.1). */
const largestDatagram = 1_300;

/** Writes what the branches of a proxied request send. */
export class BranchWriter {
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #owner: ProxyOwner;
  readonly #upstream: Upstream;

  constructor(parts: EdgeParts, tx: ServerTx, owner: ProxyOwner, upstream: Upstream) {
    this.#parts = parts;
    this.#tx = tx;
    this.#owner = owner;
    this.#upstream = upstream;
  }

  /** Gives the branch its transaction, unless there is no room for one, and writes its request. */
  prepare(branch: Branch, flow: Flow, user: ClientUser): string {
    const { branchSecret, layer, now } = this.#parts;
    const { request } = this.#tx;
    branch.tx = layer.prepare(request.method, flow, user, loopKey(request, branchSecret), now());
    if (!branch.tx) return '';
    const text = this.#write(branch, branch.tx.branch, flow);
    const stream = text.length > largestDatagram ? branch.hops?.overStream() : undefined;
    if (!stream) return text;
    layer.discard(branch.tx, now());
    return this.prepare(branch, stream, user);
  }

  #write(branch: Branch, id: string, flow: Flow): string {
    const { request } = this.#tx;
    branch.veil = this.#owner.veil?.(branch, flow);
    if (branch.veil) this.#upstream.through(branch.veil, id);
    const sdp = this.#owner.bodyFor?.(branch) ?? this.#owner.body;
    const body = branch.veil ? undefined : bodyWith(request, sdp);
    const { headers = this.#owner.headers, moreHeaders = [] } = branch.destination;
    return forwardRequest(branch.veil?.request(request, sdp) ?? request, {
      ...branch.destination,
      via: viaValue(flow, id),
      recordRoute: this.#owner.recordRoute(branch, flow),
      headers: authorizedHeaders(request, branch.authorized, [
        ...headers,
        ...moreHeaders,
        ...withheldCredentials(request, 'Authorization'),
      ]),
      ...(body === undefined ? {} : { body }),
    });
  }
}
