import {
  type BranchResult,
  excerpt,
  Fault,
  forwardRequest,
  nextHop,
  parseUri,
  routeInformation,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  statelessBranch,
} from '@tandem/sip';
import { sdpOf } from './anchor.ts';
import { dialogUnknown } from './faults.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import {
  type Branch,
  type Destination,
  ProxiedRequest,
  type ProxyOwner,
  viaValue,
} from './proxied-request.ts';
import type { Flow, KnownFlow } from './socket/flow.ts';
import { type DialogToken, type Hop, type Party, verifyToken } from './token.ts';

/** What the token in a later request's Route tells. */
interface DialogContext {
  readonly token: DialogToken;
  readonly sender: Party;
  readonly destination: Destination;
}

/** Relays a request within a dialog; any edge can, whichever began the dialog (design §2.7). */
export async function relayInDialog(parts: EdgeParts, tx: ServerTx): Promise<void> {
  const { request } = tx;
  const context = readContext(parts, request);
  if (!context) throw new Fault(dialogUnknown, describeDialog(request));
  const { token, sender, destination } = context;
  if (request.method !== 'BYE') parts.calls.touched(token.call, sender, request);
  const body = await rewriteBody(parts, token, sender, request, tx.flow);
  const proxied = new ProxiedRequest(
    parts,
    tx,
    [{ destinations: [destination] }],
    new Relayed(parts, tx, context, body),
  );
  tx.user = proxied;
  proxied.start();
}

/** Relays the ACK of a 2xx, without a transaction (RFC 3261 §16.11); false when it is of no dialog of ours. */
export async function relayAck(parts: EdgeParts, request: SipRequest, source: Flow): Promise<boolean> {
  const context = readContext(parts, request);
  if (!context || request.maxForwards === 0) return false;
  const { token, sender, destination } = context;
  const body = await rewriteBody(parts, token, sender, request, source);
  const flow = await parts.locator.reach(nextHop(destination), destination.flow, request.callId);
  const ack = forwardRequest(request, {
    ...destination,
    via: viaValue(flow, statelessBranch(request, parts.branchSecret)),
    headers: withheld,
    ...(body === undefined ? {} : { body }),
  });
  flow.send(ack);
  return true;
}

/** Credentials of an INVITE come again in its ACK and later (RFC 3261 §22.1); they were for us alone. */
const withheld = [['Proxy-Authorization', undefined]] as const;

/** What happens to a request within a dialog besides being relayed. */
class Relayed implements ProxyOwner {
  readonly body: string | undefined;
  readonly headers: ProxyOwner['headers'] = withheld;
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #context: DialogContext;

  constructor(parts: EdgeParts, tx: ServerTx, context: DialogContext, body: string | undefined) {
    this.#parts = parts;
    this.#tx = tx;
    this.#context = context;
    this.body = body;
  }

  recordRoute(): readonly string[] {
    return [];
  }

  responseBody(response: SipResponse, branch: Branch): Promise<string | undefined> {
    const { token, sender } = this.#context;
    return rewriteBody(this.#parts, token, otherParty(sender), response, branch.tx?.flow);
  }

  /** The dialog lives on, whatever became of this request. */
  dismissed(): void {}

  forwarded(response: SipResponse): void {
    if (response.status >= 200) this.#ended(response.status);
  }

  finished(result: BranchResult): void {
    this.#ended(result.status);
  }

  /** Whatever the answer to a BYE, its sender is gone; only a challenge lets it come back. */
  #ended(status: number): void {
    if (this.#tx.request.method !== 'BYE' || status === 401 || status === 407) return;
    this.#parts.calls.released(this.#context.token.call, this.#context.sender);
  }
}

function readContext(parts: EdgeParts, request: SipRequest): DialogContext | undefined {
  const route = routeInformation(request, parts.names.isOwn);
  for (const { uri } of route.own) {
    const parsed = parseUri(uri);
    if (!parsed || parsed.scheme === 'tel' || parsed.user === undefined) continue;
    const verified = verifyToken(parsed.user, request, parts.tokenKey);
    if (!verified) continue;
    const { token, sender } = verified;
    const flow = wayBack(sender === 'caller' ? token.callee : token.caller);
    return { token, sender, destination: { uri: route.uri, route: route.rest, ...(flow ? { flow } : {}) } };
  }
  return undefined;
}

/** A connection, or the way through a NAT; anybody else is reached by what the request says. */
export function wayBack(hop: Hop): KnownFlow | undefined {
  return hop.nat || hop.transport === 'tcp' ? { ...hop, only: hop.nat } : undefined;
}

async function rewriteBody(
  parts: EdgeParts,
  token: DialogToken,
  sender: Party,
  message: SipMessage,
  source: Flow | undefined,
): Promise<string | undefined> {
  const sdp = token.media === '' ? undefined : sdpOf(message);
  return sdp === undefined ? undefined : parts.anchors.rewrite(token.media, sender, sdp, source?.host ?? '');
}

function otherParty(party: Party): Party {
  return party === 'caller' ? 'callee' : 'caller';
}

function describeDialog(request: SipRequest): string {
  const tags = [request.from, request.to].map(({ params }) => params.get('tag') ?? 'none');
  return `Call-ID ${excerpt(request.callId)}, tags ${excerpt(tags.join(' and '))}`;
}
