import { setTimeout as delay } from 'node:timers/promises';
import { sdpOf } from '../body.ts';
import {
  type CallDialogs,
  type DialogRecord,
  hasDialogs,
  type Leg,
  otherParty,
  withSaid,
} from '../call-dialogs.ts';
import { restricted } from '../codec-rules.ts';
import { type OwnResult, sendOwn } from '../own-request.ts';
import type { EdgeParts } from '../parts.ts';
import { raisedBeyond } from '../records/shift.ts';
import { refreshed, timerHeaders } from '../session-timer.ts';
import type { Party } from '../token.ts';
import { maxTimes } from '../trunk-challenge.ts';

/** What a party makes of an offer: it takes it, keeps what it has, or does not know its call any more. */
export type OfferOutcome = 'taken' | 'refused' | 'lost';

/** Times that an offer is made to a party that has one of its own under way. */
const maxAttempts = 5;
/** Seconds that a party may ask us to wait. */
const longestWait = 10;
const lostStatuses = new Set([408, 481]);

/** Sets aside the next number of the requests to each of these parties, and the next version of what they are told. */
export function reserved(dialogs: CallDialogs, parties: readonly Party[], versions: 0 | 1 = 1): CallDialogs {
  const legs = parties.map((party) => [party, reservedLeg(dialogs[party], versions)]);
  return { ...dialogs, ...Object.fromEntries(legs) };
}

function reservedLeg(leg: Leg, versions: 0 | 1): Leg {
  const sequence = leg.dialog.sequence + 1 + spareOf(leg);
  return {
    ...leg,
    shifts: raisedBeyond(leg.shifts, leg.number, sequence),
    versions: (leg.versions ?? 0) + versions,
    dialog: { ...leg.dialog, sequence },
  };
}

/** Numbers that it takes to send a request again to a party that may ask for credentials. */
function spareOf({ account }: Leg): number {
  return account ? maxTimes : 0;
}

/**
 * Offers a party other addresses of the other one, by a re-INVITE in that one's name (RFC 3261 §14.1). The record has its
 * number set aside.
 */
export async function offer(
  parts: EdgeParts,
  record: DialogRecord,
  party: Party,
  body: string,
): Promise<OfferOutcome> {
  let current: DialogRecord | undefined = record;
  for (let attempt = 1; current; attempt++) {
    const result = await invite(parts, current, party, body);
    if (result.status < 300) {
      await agree(parts, current, party, result);
      return 'taken';
    }
    if (lostStatuses.has(result.status)) return 'lost';
    const wait = attempt < maxAttempts ? waitOf(result, party) : undefined;
    if (wait === undefined) return 'refused';
    await delay(wait, undefined, { ref: false });
    current = await again(parts, record.id, party);
  }
  return 'lost';
}

function invite(
  parts: EdgeParts,
  { dialog: dialogs }: DialogRecord,
  party: Party,
  body: string,
): Promise<OwnResult> {
  const { dialog, ...leg } = dialogs[party];
  const sender = otherParty(party);
  const contact = dialogs[sender].dialog.target;
  const numbered = { ...dialog, sequence: dialog.sequence - 1 - spareOf(dialogs[party]) };
  return sendOwn(
    parts,
    { ...leg, dialog: numbered },
    {
      method: 'INVITE',
      contact,
      headers: [...timerHeaders(dialogs.timer, sender), ['Content-Type', 'application/sdp']],
      body,
    },
  );
}

/** The worker is told where the party is now; the other party need not know. */
async function agree(parts: EdgeParts, record: DialogRecord, party: Party, result: OwnResult): Promise<void> {
  const { anchors, log, now, records } = parts;
  const { response, source } = result;
  const sdp = response && sdpOf(response);
  const target = response?.contacts[0]?.uri;
  const said = sdp === undefined ? undefined : { sdp: restricted(sdp, record.dialog.codecs), source };
  records.change(record.id, (latest) => {
    if (!hasDialogs(latest)) return latest;
    const heard = withSaid(latest.dialog, party, said);
    const leg = heard[party];
    const dialog = { ...leg.dialog, target: target ?? leg.dialog.target };
    const timer = heard.timer && refreshed(heard.timer, now());
    return { ...latest, dialog: { ...heard, timer, [party]: { ...leg, dialog } } };
  });
  if (!said || said.sdp === record.dialog[party].said?.sdp) return;
  const session = records.own.copy(record.id)?.mediaSession;
  try {
    if (session) await anchors.rewrite(session, party, said);
  } catch (err) {
    log.warn({ callId: record.id, err }, 'a media worker was not told where a party is');
  }
}

/** Milliseconds until the next attempt; undefined when there is none. */
function waitOf({ response, status }: OwnResult, party: Party): number | undefined {
  // RFC 3261 §14.1: who has made the Call-ID, the caller, waits for longer. We speak for the other party.
  if (status === 491) return party === 'callee' ? between(2_100, 4_000) : between(0, 2_000);
  // §14.2: it has not answered an INVITE of before yet.
  const seconds = Number.parseInt(response?.value('Retry-After') ?? '', 10);
  return status === 500 && seconds <= longestWait ? Math.max(seconds, 1) * 1_000 : undefined;
}

function between(from: number, to: number): number {
  return from + Math.round((Math.random() * (to - from)) / 10) * 10;
}

/** The record with another number; undefined when the call is over. */
async function again({ records }: EdgeParts, call: string, party: Party): Promise<DialogRecord | undefined> {
  if (!records.own.has(call)) return undefined;
  const record = await records.changeNow(call, (latest) =>
    hasDialogs(latest) ? { ...latest, dialog: reserved(latest.dialog, [party], 0) } : latest,
  );
  return record && hasDialogs(record) ? record : undefined;
}
