import type { router } from '@tandem/contract';
import { type BranchResult, type FaultKind, parseUri, type SipResponse } from '@tandem/sip';
import { sdpOf } from './anchor.ts';
import type { SetupCall } from './calls.ts';
import { edgeStopping, ringTimeout, systemStopped, targetUnreachable } from './faults.ts';
import { dismiss } from './hang-up.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import {
  type Branch,
  type Destination,
  type DestinationGroup,
  ProxiedRequest,
  type ProxyOwner,
} from './proxied-request.ts';
import { hopOf, recordRoutes } from './record-route.ts';
import type { Flow } from './socket/flow.ts';
import { type DialogToken, isBehindNat } from './token.ts';

/** Begins a call, `id`: the INVITE that a router said to relay. Rejects with a Fault when media cannot be had. */
export async function relayInvite(
  parts: EdgeParts,
  tx: ServerTx,
  id: string,
  relay: router.Relay,
  caller: router.Identity | undefined,
): Promise<ProxiedRequest> {
  const { media, body } = await openMedia(parts, tx, relay, id);
  const call = parts.calls.begin(tx, { id, media, relay, caller });
  const proxied = new ProxiedRequest(
    parts,
    tx,
    relay.groups.map(toGroup),
    new CallSetup(parts, tx, call, { body, edits: relay.edits }),
  );
  call.request = proxied;
  return proxied;
}

/** The media session of a call, and the offer as the callee shall see it. */
async function openMedia(
  parts: EdgeParts,
  tx: ServerTx,
  relay: router.Relay,
  call: string,
): Promise<{ media: string; body: string | undefined }> {
  if (!relay.media?.anchor) return { media: '', body: undefined };
  const { session, offer } = await parts.anchors.open({
    call,
    offer: sdpOf(tx.request),
    callerSource: tx.flow.host,
    calleeSources: mediaSources(relay),
    inactivity: relay.media.inactivity,
    owner: parts.node,
  });
  return { media: session, body: offer };
}

/** A phone sends its media from where it registered; of who stands behind a proxy or elsewhere nothing is known. */
function mediaSources(relay: router.Relay): string[] {
  const targets = relay.groups.flatMap((group) => group.targets);
  const hosts = targets.map(({ flow, route }) => (route.length === 0 ? flow?.host : undefined));
  return hosts.every((host) => host !== undefined) ? [...new Set(hosts)] : [];
}

function toGroup(group: router.Group): DestinationGroup {
  return { destinations: group.targets.map(toDestination), ringTimeout: group.ringTimeout };
}

function toDestination(target: router.Target): Destination {
  const { uri, route, flow } = target;
  if (!flow) return { uri, route };
  const only = isBehindNat(uri, flow);
  return only || !wantsConnection(uri, flow) ? { uri, route, flow: { ...flow, only } } : { uri, route };
}

/** Registered by datagram, and a Contact that asks for TCP (RFC 3261 §19.1.1); behind a NAT it could not be had. */
function wantsConnection(contact: string, flow: router.Flow): boolean {
  const uri = flow.transport === 'udp' ? parseUri(contact) : undefined;
  return uri !== undefined && uri.scheme !== 'tel' && uri.params.get('transport')?.toLowerCase() === 'tcp';
}

/** A call from its INVITE to its final response. */
class CallSetup implements ProxyOwner {
  readonly body: string | undefined;
  readonly headers: ProxyOwner['headers'];
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #call: SetupCall;
  readonly #tokens = new Map<Branch, DialogToken>();
  /** Branches and tags of those who answered too late. */
  readonly #dismissed = new Set<string>();

  constructor(
    parts: EdgeParts,
    tx: ServerTx,
    call: SetupCall,
    change: { readonly body: string | undefined; readonly edits: readonly router.HeaderEdit[] },
  ) {
    this.#parts = parts;
    this.#tx = tx;
    this.#call = call;
    this.body = change.body;
    this.headers = change.edits.map(({ name, value }) => [name, value]);
  }

  recordRoute(branch: Branch, flow: Flow): readonly string[] {
    const { node } = this.#parts;
    const { request } = this.#tx;
    const token = {
      call: this.#call.id,
      media: this.#call.media,
      caller: hopOf(this.#tx.flow, request.contacts[0]?.uri, node),
      callee: hopOf(flow, branch.destination.uri, node),
    };
    this.#tokens.set(branch, token);
    return recordRoutes(this.#parts, request, token, this.#tx.flow.listener, flow.listener);
  }

  async responseBody(response: SipResponse, branch: Branch): Promise<string | undefined> {
    const sdp = this.#call.media === '' ? undefined : sdpOf(response);
    const source = branch.tx?.flow.host ?? '';
    return sdp === undefined
      ? undefined
      : this.#parts.anchors.rewrite(this.#call.media, 'callee', sdp, source);
  }

  dismissed(response: SipResponse, branch: Branch): void {
    const token = this.#tokens.get(branch);
    if (!token) return;
    const dialog = `${branch.id} ${response.to.params.get('tag')}`;
    const isRepeated = this.#dismissed.has(dialog);
    this.#dismissed.add(dialog);
    void dismiss(this.#parts, { invite: this.#tx.request, response, token }, isRepeated);
  }

  forwarded(response: SipResponse, branch: Branch): void {
    const { calls } = this.#parts;
    const target = branch.destination.uri;
    const token = this.#tokens.get(branch);
    if (response.status < 200) calls.ringing(this.#call, branch.id, target);
    else if (token)
      calls.answered(this.#call, branch.id, target, { invite: this.#tx.request, response, token });
  }

  finished(result: BranchResult): void {
    this.#parts.calls.failed(this.#call, result.status, faultOf(result, this.#call));
  }
}

/** Why a call failed when no callee has said so; nothing when the caller cancelled. */
function faultOf(result: BranchResult, { ringing }: SetupCall): FaultKind | undefined {
  if (result.response || result.status === 487) return undefined;
  if (result.status === edgeStopping.status) return systemStopped;
  // A phone that is gone gives no sign at all.
  return result.status === 408 && ringing.size > 0 ? ringTimeout : targetUnreachable;
}
