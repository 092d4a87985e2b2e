import {
  asksForFlow,
  type BranchResult,
  excerpt,
  Fault,
  forwardRequest,
  isSips,
  nextHop,
  parseUri,
  type RouteInformation,
  routeInformation,
  type SipRequest,
  type SipResponse,
  statelessBranch,
} from '@tandem/sip';
import { codecOf } from './anchor.ts';
import { bodyWith } from './body.ts';
import type { Authorized, Branch } from './branch.ts';
import { otherParty, type Said } from './call-dialogs.ts';
import { veilOf } from './call-outside.ts';
import {
  type Course,
  courseOf,
  offeredIn,
  refuseDuringMove,
  renumbered,
  rewriteSaid,
  saidIn,
} from './course.ts';
import { type Destination, isGruu, whereAgain, whereNow } from './destination.ts';
import { dialogUnknown, trunkChallenged } from './faults.ts';
import { readUser } from './identity-text.ts';
import { unmaskContact } from './mask.ts';
import { viaValue } from './own-via.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import { ProxiedRequest } from './proxied-request.ts';
import { noDismissal, type ProxyOwner, type Screen } from './proxy-owner.ts';
import { referred } from './referral.ts';
import { secured } from './secured.ts';
import { type SentAgain, sentAgain } from './sent-again.ts';
import { isRefresh, sessionTimer, timerAnswer } from './session-timer.ts';
import type { Flow, KnownFlow } from './socket/flow.ts';
import { type DialogToken, type Hop, type Party, verifyToken } from './token.ts';
import { dialogCredentials } from './trunk-challenge.ts';
import { accountFor, spare } from './trunk-numbers.ts';
import { reject } from './verdict.ts';
import { withheldCredentials } from './withheld-credentials.ts';

/** What the token in a later request's Route tells. */
interface DialogContext {
  readonly token: DialogToken;
  readonly sender: Party;
  readonly destination: Destination;
  /** The dialog was begun by a request for a sips URI. */
  readonly isSecured: boolean;
}

/** Relays a request within a dialog; any edge can, whichever began the dialog (design §2.7). */
export async function relayInDialog(parts: EdgeParts, tx: ServerTx): Promise<void> {
  const { request } = tx;
  const context = readContext(parts, request);
  if (!context) throw new Fault(dialogUnknown, describeDialog(request));
  const { token, sender } = context;
  const isTransfer = request.method === 'REFER' && token.outsiders !== undefined;
  const transfer = isTransfer ? await referred(parts, token, sender, request) : undefined;
  if (transfer && 'refused' in transfer) return reject(parts, tx, transfer.refused);
  const destination = await present(parts, context, request.callId);
  if (token.call !== '') parts.tracing?.later(request, token.call);
  const course = await courseOf(parts, token);
  refuseDuringMove(course, request);
  if (token.call !== '' && request.method !== 'BYE') parts.calls.touched(token, sender, request);
  const said = offeredIn(token, request, sender, tx.flow.host);
  const body = await rewriteSaid(parts, token, course, sender, said);
  const asked = sentAgain(parts, token, sender, request);
  const again = asked && (await asked);
  const owner = new Relayed(parts, tx, context, { course, said, body, again, referTo: transfer?.referTo });
  const proxied = new ProxiedRequest(parts, tx, [{ destinations: [destination] }], owner);
  tx.user = proxied;
  proxied.start();
}

/** Relays the ACK of a 2xx, without a transaction (RFC 3261 §16.11); false when it is of no dialog of ours. */
export async function relayAck(parts: EdgeParts, request: SipRequest, source: Flow): Promise<boolean> {
  const context = readContext(parts, request);
  if (!context || request.maxForwards === 0) return false;
  const { token, sender } = context;
  const { flow, destination } = await reach(parts, context, request.callId);
  const course = await courseOf(parts, token);
  const said = saidIn(token, request, source.host);
  const body = await rewriteSaid(parts, token, course, sender, said);
  if (said && token.media !== '') parts.calls.said(token.call, sender, said);
  const veil = veilOf(parts, token, sender, {
    callId: request.callId,
    from: source.listener,
    to: flow.listener,
  });
  const shown = veil ? undefined : bodyWith(request, body);
  const asked = sentAgain(parts, token, sender, request);
  const again = asked && (await asked);
  const ack = forwardRequest(veil?.request(request, body) ?? request, {
    ...destination,
    via: viaValue(flow, statelessBranch(request, parts.branchSecret)),
    headers: [
      ...withheldFrom(request, context),
      // RFC 3261 §22.1: the credentials of an INVITE come again in its ACK.
      ...withheldCredentials(request, 'Authorization'),
      ...renumbered(course, token, sender, request, again),
      ...(again?.headers ?? []),
    ],
    ...(shown === undefined ? {} : { body: shown }),
  });
  parts.send(ack, flow);
  parts.moves.acknowledged(token.call);
  return true;
}

/** Of one who takes over a call a phone shows the identity as proven, which nobody has (RFC 3325 §5). */
const asserted = [
  ['P-Asserted-Identity', undefined],
  ['P-Preferred-Identity', undefined],
  ['Remote-Party-ID', undefined],
] as const;

/** What a request within a dialog leaves behind; of a party outside the veil sees to it. */
function withheldFrom(request: SipRequest, { token }: DialogContext): ProxyOwner['headers'] {
  const { method } = request;
  const refreshes = method === 'INVITE' || method === 'UPDATE';
  const withheld = withheldCredentials(request, 'Proxy-Authorization');
  return refreshes && !token.outsiders ? [...withheld, ...asserted] : withheld;
}

/** A request on its way. */
interface Passing {
  readonly course: Course;
  /** What its sender says of its media. */
  readonly said: Said | undefined;
  /** What the receiver gets of that. */
  readonly body: string | undefined;
  /** The INVITE that it is about. */
  readonly again: SentAgain | undefined;
  /** Where the receiver is sent to, by our address as it has it. */
  readonly referTo: ((facade: string) => string) | undefined;
}

/** What happens to a request within a dialog besides being relayed. */
class Relayed implements ProxyOwner {
  readonly late = noDismissal;
  readonly body: string | undefined;
  readonly headers: ProxyOwner['headers'];
  readonly #numbers: ReturnType<typeof renumbered>;
  readonly #parts: EdgeParts;
  readonly #tx: ServerTx;
  readonly #context: DialogContext;
  readonly #said: Said | undefined;
  readonly #referTo: Passing['referTo'];
  /** What the receiver has said of its media. */
  #answered: Said | undefined;
  /** Its BYE has its answer. */
  #isOver = false;

  constructor(parts: EdgeParts, tx: ServerTx, context: DialogContext, passing: Passing) {
    const { again, course, said, body, referTo } = passing;
    this.#numbers = renumbered(course, context.token, context.sender, tx.request, again);
    this.#parts = parts;
    this.#tx = tx;
    this.#context = context;
    this.#said = said;
    this.body = body;
    this.#referTo = referTo;
    this.headers = [...withheldFrom(tx.request, context), ...this.#numbers];
  }

  tried(): void {}

  recordRoute(): readonly string[] {
    return [];
  }

  veil(_: Branch, { listener: to }: Flow): Screen | undefined {
    const { sender, token } = this.#context;
    const { flow, request } = this.#tx;
    const way = { callId: request.callId, from: flow.listener, to };
    return veilOf(this.#parts, token, sender, way, this.#referTo);
  }

  responseHeaders(response: SipResponse): readonly (readonly [name: string, value: string])[] {
    const { request } = this.#tx;
    const timer = timerAnswer(request, [], response);
    return this.#numbers.length === 0 ? timer : [['CSeq', request.value('CSeq')!], ...timer];
  }

  async responseBody(response: SipResponse, branch: Branch): Promise<string | undefined> {
    const { token, sender } = this.#context;
    const said = saidIn(token, response, branch.tx?.flow.host);
    if (!said) return undefined;
    this.#answered = said;
    // The media may have been moved while the request was under way.
    const course = await courseOf(this.#parts, token);
    return rewriteSaid(this.#parts, token, course, otherParty(sender), said);
  }

  /** Only a trunk gets credentials, and its own (RFC 3261 §22.2). */
  async authorize({ destination: { uri }, tx }: Branch, response: SipResponse): Promise<string> {
    const { token, sender } = this.#context;
    const { callId, cseq, method } = this.#tx.request;
    const account = accountFor(token, sender);
    const { flow } = tx!;
    if (!account || spare(token, sender, cseq.number) === 0) throw new Fault(trunkChallenged, excerpt(uri));
    const hop = token[otherParty(sender)];
    return dialogCredentials(this.#parts, account, { method, callId, uri, flow, hop }, response);
  }

  forwarded(response: SipResponse, { authorized }: Branch): void {
    this.#sentAgain(response, authorized);
    if (response.status < 200) return;
    if (response.status < 300) this.#agreed(response);
    this.#ended(response.status);
  }

  /** The ACK of an INVITE, and a PRACK before it, have its number. */
  #sentAgain({ status }: SipResponse, { headers, times }: Authorized): void {
    const { token, sender } = this.#context;
    const { cseq, method } = this.#tx.request;
    if (method !== 'INVITE' || times === 0 || status === 100 || status >= 300) return;
    this.#parts.calls.sentAgain(token.call, otherParty(sender), { number: cseq.number, times, headers });
  }

  finished(result: BranchResult): void {
    this.#ended(result.status);
  }

  /** RFC 3264 §8: what was offered holds from the answer on. */
  #agreed(response: SipResponse): void {
    const { token, sender } = this.#context;
    const { request } = this.#tx;
    const refreshes = isRefresh(request);
    if (token.call === '' || !(refreshes || this.#said || this.#answered)) return;
    const timer = timerAnswer(request, [], response);
    const isAnchored = token.media !== '';
    this.#parts.calls.agreed(token.call, {
      sender,
      said: isAnchored ? this.#said : undefined,
      answered: isAnchored ? this.#answered : undefined,
      // Without an offer of the sender the answer is in the ACK.
      codec: this.#said ? codecOf(this.#answered?.sdp) : '',
      ...(refreshes ? { timer: sessionTimer(response, timer, sender, this.#parts.now()) } : {}),
    });
  }

  /** Whatever the answer to a BYE, its sender is gone; only a challenge lets it come back. */
  #ended(status: number): void {
    const { token, sender } = this.#context;
    if (this.#tx.request.method !== 'BYE' || token.call === '') return;
    if (status === 401 || status === 407 || this.#isOver) return;
    this.#isOver = true;
    const { calls, moves } = this.#parts;
    const release = (): void => calls.released(token.call, sender);
    const number = Number.parseInt(this.#numbers[0]?.[1] ?? this.#tx.request.value('CSeq')!, 10);
    if (status === 500) void moves.overtaken(token.call, otherParty(sender), number, release);
    else release();
  }
}

/** Where the receiver is now: a GRUU says who, and of a flow that is gone the call's record does. */
function present(
  parts: EdgeParts,
  context: DialogContext,
  callId: string,
): Promise<Destination> | Destination {
  const { destination: known, isSecured, sender, token } = context;
  if (isSecured) return presentSecurely(parts, { ...context, isSecured: false }, callId);
  if (isGruu(known.uri)) return whereNow(parts, known, callId);
  if (!known.flow || known.route.length > 0 || token.call === '') return known;
  return { ...known, again: () => elsewhere(parts, token.call, sender, known, callId) };
}

async function presentSecurely(
  parts: EdgeParts,
  context: DialogContext,
  callId: string,
): Promise<Destination> {
  const { again, ...found } = await present(parts, context, callId);
  const destination = secured(found);
  if (!again) return destination;
  const other = async (): Promise<Destination | undefined> => {
    const next = await again();
    return next && secured(next);
  };
  return { ...destination, again: other };
}

async function elsewhere(
  parts: EdgeParts,
  call: string,
  sender: Party,
  known: Destination,
  callId: string,
): Promise<Destination | undefined> {
  const record = await parts.records.read(call).catch(() => undefined);
  const user = readUser(record?.[sender === 'caller' ? 'calleeIdentity' : 'caller'] ?? '');
  return user && whereAgain(parts, known, callId, user);
}

/** The flow to the receiver, for what has no transaction that could try another one. */
async function reach(
  parts: EdgeParts,
  context: DialogContext,
  callId: string,
): Promise<{ readonly flow: Flow; readonly destination: Destination }> {
  const { locator } = parts;
  const destination = await present(parts, context, callId);
  try {
    return { flow: await locator.reach(nextHop(destination), destination.flow, callId), destination };
  } catch (error) {
    const other = error instanceof Fault ? await destination.again?.() : undefined;
    if (!other) throw error;
    return { flow: await locator.reach(nextHop(other), other.flow, callId), destination: other };
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
    const target = targetOf(parts, { token, sender }, route);
    if (!target) return undefined;
    const flow = wayBack(sender === 'caller' ? token.callee : token.caller, target.uri);
    const known = flow && isHiddenFrom(token, sender) ? { ...flow, hidden: true } : flow;
    const destination = { ...target, ...(known ? { flow: known } : {}) };
    return { token, sender, destination, isSecured: isSips(uri) };
  }
  return undefined;
}

/** Whether the receiver is shown nothing of the way of a request. */
function isHiddenFrom({ outsiders }: DialogToken, sender: Party): boolean {
  return outsiders?.[otherParty(sender)]?.hidden === true;
}

/** Where a request goes: somebody outside, who does not see where that is, writes what we have given out for it. */
function targetOf(
  { tokenKey }: Pick<EdgeParts, 'tokenKey'>,
  { sender, token }: Pick<DialogContext, 'sender' | 'token'>,
  { rest, uri }: RouteInformation,
): Pick<Destination, 'uri' | 'route'> | undefined {
  const outsider = token.outsiders?.[sender];
  if (!outsider?.hidden) return { uri, route: rest };
  const contact = unmaskContact(tokenKey, token.call, uri);
  return contact === undefined ? undefined : { uri: contact, route: outsider.routes };
}

/** A connection, the way through a NAT, or what was asked for; anybody else is reached by what the request says. */
export function wayBack(hop: Hop, target: string): KnownFlow | undefined {
  const only = hop.nat || asksForFlow(target);
  return only || hop.transport !== 'udp' ? { ...hop, only } : undefined;
}

function describeDialog(request: SipRequest): string {
  const tags = [request.from, request.to].map(({ params }) => params.get('tag') ?? 'none');
  return `Call-ID ${excerpt(request.callId)}, tags ${excerpt(tags.join(' and '))}`;
}
