import type { router } from '@tandem/contract';
import type { SipRequest, SipResponse } from '@tandem/sip';
import { otherParty } from './call-dialogs.ts';
import { maskCallId, unmaskCallId } from './mask.ts';
import type { Outsider, Outsiders } from './outsider.ts';
import type { EdgeParts } from './parts.ts';
import type { Screen } from './proxy-owner.ts';
import { facadeOf, outsideRoute, recordRoutes } from './record-route.ts';
import type { Listener } from './socket/listener.ts';
import type { DialogToken, Party } from './token.ts';
import { TwoVeils } from './two-veils.ts';
import { routesBeyond, Veil, type VeilParts } from './veil.ts';

type OutsideParts = Pick<EdgeParts, 'ladder' | 'names' | 'tokenKey'>;

/** Who of a call is outside, if anybody. */
export function outsidersOf(
  invite: SipRequest,
  caller: router.Outside | undefined,
  callee: router.Outside | undefined,
  raised = 0,
): Outsiders | undefined {
  if (!caller && !callee) return undefined;
  return {
    ...(caller && { caller: callerOf(caller) }),
    ...(callee && { callee: calleeOf(invite, callee, raised) }),
  };
}

/** What is beyond us on the way to the callee is not known yet. */
function callerOf(caller: router.Outside): Outsider {
  const { challenges, hidden, trusted } = caller;
  return { party: 'caller', hidden, trusted, challenges, routes: [], ...accountOf(caller, 0) };
}

function calleeOf(invite: SipRequest, callee: router.Outside, raised: number): Outsider {
  const { challenges, hidden, trusted } = callee;
  return {
    ...{ party: 'callee', hidden, trusted, challenges },
    routes: hidden ? invite.elements('Record-Route') : [],
    ...namesOf(invite, callee),
    ...(raised > 0 && { raised }),
    ...accountOf(callee, invite.cseq.number),
  };
}

function accountOf({ account }: router.Outside, first: number): Pick<Outsider, 'account'> {
  if (account?.trunk === undefined) return {};
  return { account: { tenant: account.tenant, trunk: account.trunk, first } };
}

function namesOf(invite: SipRequest, { from, to }: router.Outside): Pick<Outsider, 'names'> {
  if (from === '' && to === '') return {};
  const inside = { caller: invite.from.uri, callee: invite.to.uri };
  const outside = { caller: from || `<${inside.caller}>`, callee: to || `<${inside.callee}>` };
  return { names: { inside, outside } };
}

/** Our values of Record-Route in an INVITE, for who answers it. */
export function calleeRoutes(
  parts: OutsideParts,
  invite: SipRequest,
  token: DialogToken,
  caller: Listener,
  callee: Listener,
): string[] {
  if (!token.outsiders?.callee?.hidden) return recordRoutes(parts, invite, token, caller, callee);
  const known = { callId: calleeCallId(parts, invite, token), from: invite.from, uri: invite.uri };
  return [outsideRoute(parts, known, token, callee)];
}

/** The Call-ID by which the callee knows a call. */
export function calleeCallId(
  { tokenKey }: Pick<EdgeParts, 'tokenKey'>,
  { callId }: Pick<SipRequest, 'callId'>,
  { outsiders }: DialogToken,
): string {
  return outsiders?.callee?.hidden ? maskCallId(tokenKey, callId) : callId;
}

/** The sockets that a request has come to and leaves by. */
interface Way {
  readonly from: Listener;
  readonly to: Listener;
}

/** What stands between the parties of a request; nothing where both are phones of ours. */
export function veilOf(
  { ladder, names, tokenKey: key }: OutsideParts,
  token: DialogToken,
  sender: Party,
  { callId, ...way }: Way & { readonly callId: string },
  referTo?: (facade: string) => string,
): Screen | undefined {
  const { outsiders } = token;
  if (!outsiders) return undefined;
  const known = sender === 'callee' ? unmaskCallId(key, callId) : callId;
  ladder?.alias(calleeCallId({ tokenKey: key }, { callId: known }, token), known);
  return screenOf({ key, isOwn: names.isOwn, token, sender, referTo }, outsiders, way);
}

/** The same for an INVITE that begins a call. */
export function callVeil(
  parts: OutsideParts,
  invite: SipRequest,
  token: DialogToken,
  way: Way,
): Screen | undefined {
  const { outsiders } = token;
  if (!outsiders) return undefined;
  const { ladder, names, tokenKey: key } = parts;
  ladder?.alias(calleeCallId(parts, invite, token), invite.callId);
  const recordRoutes = (response: SipResponse): readonly string[] => {
    const beyond = routesBeyond(response, names.isOwn);
    return [...callerRoutes(parts, invite, token, way, beyond), ...invite.elements('Record-Route')];
  };
  return screenOf({ key, isOwn: names.isOwn, token, sender: 'caller', recordRoutes }, outsiders, way);
}

/** A veil before each party that is outside. */
function screenOf(
  parts: Omit<VeilParts, 'facade' | 'outsider'>,
  outsiders: Outsiders,
  { from, to }: Way,
): Screen | undefined {
  const sender = outsiders[parts.sender];
  const receiver = outsiders[otherParty(parts.sender)];
  const near = sender && new Veil({ ...parts, outsider: sender, facade: facadeOf(from) });
  const leavesRoutes = sender?.hidden ?? false;
  const far = receiver && new Veil({ ...parts, outsider: receiver, facade: facadeOf(to), leavesRoutes });
  return near && far ? new TwoVeils(near, far) : (near ?? far);
}

/** Our values of Record-Route in a response, and those of proxies beyond us, for the caller. */
function callerRoutes(
  parts: OutsideParts,
  invite: SipRequest,
  token: DialogToken,
  { from, to }: Way,
  beyond: readonly string[],
): string[] {
  const { outsiders } = token;
  const caller = outsiders?.caller;
  if (!caller?.hidden) return [...beyond, ...recordRoutes(parts, invite, token, from, to)];
  const known = { ...outsiders, caller: { ...caller, routes: beyond.toReversed() } };
  return [outsideRoute(parts, invite, { ...token, outsiders: known }, from)];
}
