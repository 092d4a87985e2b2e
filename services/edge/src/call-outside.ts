import type { router } from '@tandem/contract';
import type { SipRequest } from '@tandem/sip';
import { maskCallId, unmaskCallId } from './mask.ts';
import type { Outsider } from './outsider.ts';
import type { EdgeParts } from './parts.ts';
import { facadeOf, outsideRoute, recordRoutes } from './record-route.ts';
import type { Listener } from './socket/listener.ts';
import type { DialogToken, Party } from './token.ts';
import { hasOutsider, type OutsideToken, routesBeyond, Veil } from './veil.ts';

type OutsideParts = Pick<EdgeParts, 'ladder' | 'names' | 'tokenKey'>;

/** Who of a call is outside, if anybody. */
export function outsiderOf(
  invite: SipRequest,
  caller: router.Outside | undefined,
  callee: router.Outside | undefined,
  raised = 0,
): Outsider | undefined {
  if (caller) {
    const { challenges, hidden, trusted } = caller;
    return { party: 'caller', hidden, trusted, challenges, routes: [], ...accountOf(caller, 0) };
  }
  if (!callee) return undefined;
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
  if (!token.outsider?.hidden || token.outsider.party === 'caller') {
    return recordRoutes(parts, invite, token, caller, callee);
  }
  const known = { callId: calleeCallId(parts, invite, token), from: invite.from, uri: invite.uri };
  return [outsideRoute(parts, known, token, callee)];
}

/** The Call-ID by which the callee knows a call. */
export function calleeCallId(
  { tokenKey }: Pick<EdgeParts, 'tokenKey'>,
  { callId }: Pick<SipRequest, 'callId'>,
  { outsider }: DialogToken,
): string {
  return outsider?.hidden && outsider.party === 'callee' ? maskCallId(tokenKey, callId) : callId;
}

/** What stands between the parties of a request; nothing where both are phones of ours. */
export function veilOf(
  { ladder, names, tokenKey: key }: OutsideParts,
  token: DialogToken,
  sender: Party,
  { callId, from, to }: { readonly callId: string; readonly from: Listener; readonly to: Listener },
  referTo?: (facade: string) => string,
): Veil | undefined {
  if (!hasOutsider(token)) return undefined;
  const isFromOutside = token.outsider.party === sender;
  if (isFromOutside) ladder?.alias(callId, unmaskCallId(key, callId));
  else ladder?.alias(calleeCallId({ tokenKey: key }, { callId }, token), callId);
  const facade = facadeOf(isFromOutside ? from : to);
  return new Veil({ key, isOwn: names.isOwn, token, sender, facade, referTo });
}

/** The same for an INVITE that begins a call. */
export function callVeil(
  parts: OutsideParts,
  invite: SipRequest,
  token: DialogToken,
  way: { readonly from: Listener; readonly to: Listener },
): Veil | undefined {
  if (!hasOutsider(token)) return undefined;
  const facade = facadeOf(token.outsider.party === 'caller' ? way.from : way.to);
  const { ladder, names, tokenKey: key } = parts;
  ladder?.alias(calleeCallId(parts, invite, token), invite.callId);
  return new Veil({
    ...{ key, isOwn: names.isOwn, token, sender: 'caller', facade },
    recordRoutes: (response) => {
      const beyond = routesBeyond(response, names.isOwn);
      return [...callerRoutes(parts, invite, token, way, beyond), ...invite.elements('Record-Route')];
    },
  });
}

/** Our values of Record-Route in a response, and those of proxies beyond us, for the caller. */
function callerRoutes(
  parts: OutsideParts,
  invite: SipRequest,
  token: OutsideToken,
  { from, to }: { readonly from: Listener; readonly to: Listener },
  beyond: readonly string[],
): string[] {
  const { outsider } = token;
  if (outsider.party === 'callee') return [...beyond, ...recordRoutes(parts, invite, token, from, to)];
  const complete = { ...token, outsider: { ...outsider, routes: beyond.toReversed() } };
  return [outsideRoute(parts, invite, complete, from)];
}
