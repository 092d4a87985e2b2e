import { setTimeout as delay } from 'node:timers/promises';
import { raiseVersion } from '@tandem/sdp';
import { sdpOf } from '../body.ts';
import { type DialogRecord, hasDialogs, otherParty, type Said, withSaid } from '../call-dialogs.ts';
import { restricted } from '../codec-rules.ts';
import { type OwnResult, sendOwn } from '../own-request.ts';
import type { EdgeParts } from '../parts.ts';
import { refreshed, timerHeaders } from '../session-timer.ts';
import type { Party } from '../token.ts';
import { changeOwn, reserved, spareOf } from './reservation.ts';

/**
 * What a party makes of an offer: it takes it, keeps what it has, or does not know its call any more. `over`: the call has
 * ended, or another edge looks after it.
 */
export type OfferOutcome = 'taken' | 'refused' | 'lost' | 'over';

/** A description with the addresses of a worker, and what the other party had said for it; undefined where it is to be told anyway. */
export interface Told {
  readonly sdp: string;
  readonly said?: Said;
}

/** Times that an offer is made to a party that has one of its own under way. */
const maxAttempts = 5;
/**
 * RFC 3261 §12.2.2: who refuses a number as an old one says no more than 500. Requests that other edges have relayed while
 * the store was slow are not in the record yet: so many at most.
 */
const unseen = 100;
/** Seconds that a party may ask us to wait. */
const longestWait = 10;
const lostStatuses = new Set([408, 481]);

/**
 * Offers a party other addresses of the other one, by a re-INVITE in that one's name (RFC 3261 §14.1). The record has its
 * number set aside.
 */
export async function offer(
  parts: EdgeParts,
  record: DialogRecord,
  party: Party,
  told: Told,
): Promise<OfferOutcome> {
  let current: DialogRecord | undefined = record;
  for (let attempt = 1; current; attempt++) {
    const result = await invite(parts, current, party, await described(parts, current, party, told));
    if (result.status < 300) {
      await agree(parts, current, party, result);
      return 'taken';
    }
    if (lostStatuses.has(result.status)) return 'lost';
    const wait = attempt < maxAttempts ? waitOf(result, party) : undefined;
    const isOld = wait === undefined && attempt === 1 && result.status === 500;
    if (wait === undefined && !isOld) return 'refused';
    if (wait !== undefined) await delay(wait, undefined, { ref: false });
    const numbers = { leap: isOld ? unseen : 0, versions: 0 } as const;
    current = await changeOwn(parts, record.id, (latest) => reserved(latest, [party], numbers));
  }
  return 'over';
}

/** What a party gets: the other one may have said something else since, in a request that was under way already. */
async function described(
  { anchors, log }: EdgeParts,
  { dialog, id, mediaSession }: DialogRecord,
  party: Party,
  { said, sdp }: Told,
): Promise<string> {
  const { versions = 0 } = dialog[party];
  const sender = otherParty(party);
  const latest = dialog[sender].said;
  if (!said || !latest || latest.sdp === said.sdp) return raiseVersion(sdp, versions);
  try {
    return await anchors.rewrite(mediaSession, sender, latest, versions);
  } catch (err) {
    log.warn({ callId: id, err }, 'a party is told what the other one has said before');
    return raiseVersion(sdp, versions);
  }
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
