import type { event } from '@tandem/contract';
import type { CallRecord } from '@tandem/platform';
import type { CodecPolicy } from '@tandem/sdp';
import {
  calleeDialog,
  callerDialog,
  type Dialog,
  type IsOwn,
  type SipRequest,
  type SipResponse,
} from '@tandem/sip';
import type { Authorized } from './branch.ts';
import type { TrunkAccount } from './outsider.ts';
import type { Carried } from './records/ended.ts';
import { raised, type Shift } from './records/shift.ts';
import type { SentAgain } from './sent-again.ts';
import type { DialogToken, Hop, Party } from './token.ts';
import { accountFor, spare, spread } from './trunk-numbers.ts';
import { routesBeyond, tagged } from './veil.ts';

/** Characters of a description that is kept. */
const maxSaid = 16_384;

/** What a party has said of its media, and the IP address that it came from. */
export interface Said {
  readonly sdp: string;
  readonly source: string;
}

/** One side of a call, as seen from the edge in its middle. */
export interface Leg {
  /** For requests that the edge itself sends to this party. */
  readonly dialog: Dialog;
  readonly hop: Hop;
  /** The highest number that the other party has given a request to this one; -1 when it has sent none. */
  readonly number: number;
  /** How the numbers of the other party's requests are raised, for those that the edge has sent in between. */
  readonly shifts?: readonly Shift[];
  /** By how much the versions of the descriptions that this party gets are raised. */
  readonly versions?: number;
  /** What this party has said last. */
  readonly said?: Said | undefined;
  /** Tandem's id of the call, where this party is not to see where the other one is. */
  readonly hiddenCall?: string;
  /** The last INVITE to this party that was sent again with credentials. */
  readonly sentAgain?: SentAgain;
  /** The trunk that this party is, where its challenges are answered. */
  readonly account?: TrunkAccount;
}

/** A session timer that both parties know of (RFC 4028). */
export interface SessionTimer {
  /** Seconds. */
  readonly interval: number;
  readonly refresher: Party;
  /** When the call is over unless it is refreshed, in milliseconds since 1970. */
  readonly endsMs?: number;
}

/** Both sides of a call. Plain data: it is kept in the call's record. */
export interface CallDialogs extends Readonly<Record<Party, Leg>> {
  readonly timer?: SessionTimer | undefined;
  /** Seconds without a packet after which the call is dead; 0 means never. */
  readonly inactivity?: number;
  /** What codecs the parties may use, where not any. */
  readonly codecs?: CodecPolicy;
  /** The media is being moved; until then at the latest, in milliseconds since 1970. */
  readonly movingUntil?: number | undefined;
  /** What was counted where the media was before. */
  readonly carried?: Carried;
  /** What was found to be wrong while the call was up. */
  readonly degraded?: event.Diagnosis;
}

/** A record of a call that was answered by a party that can be reached. */
export type DialogRecord = CallRecord & { readonly dialog: CallDialogs };

/** An INVITE and the 2xx that went upstream. */
export interface Answered {
  readonly invite: SipRequest;
  readonly response: SipResponse;
  readonly token: DialogToken;
  /** The Call-ID by which the callee knows the call. */
  readonly calleeCallId: string;
  /** What the callee has got that has asked for credentials. */
  readonly authorized: Authorized;
}

/** Both dialogs of a call that was answered; undefined when one of the parties gave no Contact. */
export function dialogsOf(answered: Answered, isOwn: IsOwn): CallDialogs | undefined {
  const { authorized, calleeCallId, invite, response, token } = answered;
  // Towards the caller the edge speaks for the callee, and the other way round.
  const caller = calleeDialog(invite, response);
  const callee = callerDialog(invite, response);
  if (!caller || !callee) return undefined;
  return {
    caller: {
      dialog: { ...caller, ...insideNames(answered) },
      hop: token.caller,
      number: -1,
      ...hiding(token, 'caller'),
      ...asking(token, 'caller'),
    },
    callee: {
      dialog: {
        ...callee,
        ...outsideNames(answered),
        callId: calleeCallId,
        routes: routesBeyond(response, isOwn).reverse(),
        sequence: callee.sequence + (token.outsiders?.callee?.raised ?? 0),
      },
      hop: token.callee,
      number: callee.sequence,
      ...shiftedBy(token),
      ...hiding(token, 'callee'),
      ...asking(token, 'callee'),
      ...(authorized.times > 0 && {
        // By how much it was raised is told by the token.
        sentAgain: { number: invite.cseq.number, times: 0, headers: authorized.headers },
      }),
    },
    ...(token.codecs && { codecs: token.codecs }),
  };
}

/** What the caller calls the callee, where the callee is called otherwise outside. */
function insideNames({ response, token }: Answered): { readonly local?: string } {
  const callee = token.outsiders?.callee?.names?.inside.callee;
  return callee === undefined ? {} : { local: tagged(callee, response.to.params.get('tag')) };
}

/** What the callee calls the caller, likewise. */
function outsideNames({ invite, token }: Answered): { readonly local?: string } {
  const caller = token.outsiders?.callee?.names?.outside.caller;
  return caller === undefined ? {} : { local: tagged(caller, invite.from.params.get('tag')) };
}

/** How numbers of requests to the callee were raised before the call was answered: the caller goes on with its own. */
export function shiftedBy({ outsiders }: Pick<DialogToken, 'outsiders'>): Pick<Leg, 'shifts'> {
  const by = outsiders?.callee?.raised;
  return by ? { shifts: [{ above: -1, by }] } : {};
}

function hiding({ call, outsiders }: DialogToken, party: Party): { readonly hiddenCall?: string } {
  return outsiders?.[party]?.hidden ? { hiddenCall: call } : {};
}

function asking(token: DialogToken, party: Party): Pick<Leg, 'account'> {
  const account = accountFor(token, otherParty(party));
  return account ? { account } : {};
}

/** After an INVITE to a party has been sent again. */
export function withSentAgain(dialogs: CallDialogs, party: Party, again: SentAgain): CallDialogs {
  return { ...dialogs, [party]: { ...dialogs[party], sentAgain: again } };
}

/** What a request within a dialog changes. */
export interface Sighting {
  /** As its receiver knows it where nothing was sent in between. */
  readonly number: number;
  /** How many numbers behind it may be used as well. */
  readonly spare: number;
  /** Where its sender is now, when it says so. */
  readonly target: string | undefined;
}

export function sightingOf(
  token: Pick<DialogToken, 'outsiders'>,
  sender: Party,
  { contacts, cseq, method }: SipRequest,
): Sighting {
  const refreshes = method === 'INVITE' || method === 'UPDATE';
  return {
    number: spread(token, sender, cseq.number),
    spare: spare(token, sender, cseq.number),
    target: refreshes ? contacts[0]?.uri : undefined,
  };
}

/** After a request of one party: its number is used up towards the other, its Contact may be a new one. */
export function withRequest(
  dialogs: CallDialogs,
  sender: Party,
  { number: seen, spare, target }: Sighting,
): CallDialogs {
  const receiver = otherParty(sender);
  const from = dialogs[sender];
  const to = dialogs[receiver];
  const number = Math.max(to.number, seen);
  const sequence = Math.max(to.dialog.sequence, raised(to.shifts, seen) + spare);
  const dialog = { ...from.dialog, target: target ?? from.dialog.target };
  return {
    ...dialogs,
    [receiver]: { ...to, number, dialog: { ...to.dialog, sequence } },
    [sender]: { ...from, dialog },
  };
}

/** After a party has said where its media is, if it has. */
export function withSaid(dialogs: CallDialogs, party: Party, said: Said | undefined): CallDialogs {
  if (!said || said.sdp.length > maxSaid) return dialogs;
  return { ...dialogs, [party]: { ...dialogs[party], said } };
}

export function otherParty(party: Party): Party {
  return party === 'caller' ? 'callee' : 'caller';
}

export function hasDialogs(record: CallRecord): record is DialogRecord {
  return 'caller' in record.dialog && 'callee' in record.dialog;
}

/** A record without what was said of media, which can be long: the call goes on, but its media cannot be moved. */
export function withoutMedia(record: CallRecord): CallRecord {
  if (!hasDialogs(record) || !(record.dialog.caller.said || record.dialog.callee.said)) return record;
  const silent = (leg: Leg): Leg => ({ ...leg, said: undefined });
  const { caller, callee } = record.dialog;
  return { ...record, dialog: { ...record.dialog, caller: silent(caller), callee: silent(callee) } };
}
