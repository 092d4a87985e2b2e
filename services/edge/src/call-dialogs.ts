import {
  calleeDialog,
  callerDialog,
  type Dialog,
  type IsOwn,
  parseNameAddr,
  refreshTarget,
  type SipRequest,
  type SipResponse,
} from '@tandem/sip';
import type { DialogToken, Hop, Party } from './token.ts';

/** One side of a call, as seen from the edge in its middle. */
interface Leg {
  /** For requests that the edge itself sends to this party. */
  readonly dialog: Dialog;
  readonly hop: Hop;
}

/** Both sides of a call. Plain data: it is kept in the call's record. */
export type CallDialogs = Readonly<Record<Party, Leg>>;

/** An INVITE and the 2xx that went upstream. */
export interface Answered {
  readonly invite: SipRequest;
  readonly response: SipResponse;
  readonly token: DialogToken;
}

/** Both dialogs of a call that was answered; undefined when one of the parties gave no Contact. */
export function dialogsOf({ invite, response, token }: Answered, isOwn: IsOwn): CallDialogs | undefined {
  // Towards the caller the edge speaks for the callee, and the other way round.
  const caller = calleeDialog(invite, response);
  const callee = callerDialog(invite, response);
  if (!caller || !callee) return undefined;
  return {
    caller: { dialog: caller, hop: token.caller },
    callee: { dialog: { ...callee, routes: routesBeyond(response, isOwn) }, hop: token.callee },
  };
}

/** After a request of one party: its CSeq is used up towards the other, its Contact may be a new one. */
export function withRequest(dialogs: CallDialogs, sender: Party, request: SipRequest): CallDialogs {
  const receiver = sender === 'caller' ? 'callee' : 'caller';
  const from = dialogs[sender];
  const to = dialogs[receiver];
  const sequence = Math.max(to.dialog.sequence, request.cseq.number);
  const refreshes = request.method === 'INVITE' || request.method === 'UPDATE';
  const dialog = refreshes ? refreshTarget(from.dialog, request) : from.dialog;
  return {
    ...dialogs,
    [receiver]: { ...to, dialog: { ...to.dialog, sequence } },
    [sender]: { ...from, dialog },
  };
}

/** What proxies between us and the callee put into Record-Route, nearest first. */
function routesBeyond(response: SipResponse, isOwn: IsOwn): string[] {
  const routes = response.elements('Record-Route');
  const ours = routes.findIndex((route) => isOwn(parseNameAddr(route)?.uri ?? ''));
  return routes.slice(0, Math.max(ours, 0)).reverse();
}
