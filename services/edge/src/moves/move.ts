import type { CallRecord } from '@tandem/platform';
import { raiseVersion } from '@tandem/sdp';
import type { Reopened } from '../anchor.ts';
import { type CallDialogs, type DialogRecord, hasDialogs, type Said } from '../call-dialogs.ts';
import type { EdgeParts } from '../parts.ts';
import { added, carriedBy } from '../records/ended.ts';
import type { Party } from '../token.ts';
import { type OfferOutcome, offer, reserved } from './offer.ts';

/** What has become of a move. `unfit`: it is not known what a party has said. */
export type MoveOutcome = 'moved' | 'refused' | 'lost' | 'over' | 'unfit';

/** The parties' own offers are refused for so many milliseconds at most: an edge may die over a move. */
const movingTime = 60_000;
/** Milliseconds that the store may take to note a move: audio does not wait for longer. */
const storeTime = 300;

/** A move that has begun. */
interface Begun {
  readonly record: DialogRecord;
  readonly said: Readonly<Record<Party, Said>>;
  readonly opened: Reopened;
}

/**
 * Moves the media of a call to another worker. Whichever way it ends, the call is no worse off than before.
 * Rejects with a Fault when no worker takes it.
 */
export class Move {
  readonly #parts: EdgeParts;
  readonly #call: string;

  constructor(parts: EdgeParts, call: string) {
    this.#parts = parts;
    this.#call = call;
  }

  /** From a worker that is gone: both parties are told at once, and each that refuses keeps what it has. */
  async away(): Promise<MoveOutcome> {
    const begun = await this.#begin(['caller', 'callee']);
    if (typeof begun === 'string') return begun;
    const { record, opened } = begun;
    this.#change(movedTo(opened.session));
    const outcomes = await Promise.all([
      this.#tell(record, 'caller', opened.toCaller),
      this.#tell(record, 'callee', opened.toCallee),
    ]);
    await this.#end(opened.session);
    // It may be alive all the same, out of our sight.
    void this.#parts.anchors.close(record.mediaSession);
    if (outcomes.includes('lost')) return 'lost';
    return outcomes.includes('refused') ? 'refused' : 'moved';
  }

  /** From a worker that goes on until the call is away: one party after the other, and back when the second refuses. */
  async gently(): Promise<MoveOutcome> {
    const begun = await this.#begin(['caller']);
    if (typeof begun === 'string') return begun;
    const { opened } = begun;
    this.#change(movedTo(opened.session));
    const first = await this.#tell(begun.record, 'caller', opened.toCaller);
    const second = first === 'taken' ? await this.#next('callee', opened.toCallee) : first;
    if (second === 'taken') await this.#leave(begun);
    else await this.#back(begun, first === 'taken' && second === 'refused');
    await this.#end(second === 'taken' ? opened.session : begun.record.mediaSession);
    return second === 'taken' ? 'moved' : second;
  }

  async #begin(parties: readonly Party[]): Promise<Begun | 'over' | 'unfit'> {
    const { anchors, node, now } = this.#parts;
    const movingUntil = now() + movingTime;
    // Another edge may have seen the last that a party has said.
    const record = await this.#reserve(parties, (dialogs) => ({ ...dialogs, movingUntil }));
    if (!record) return 'over';
    const { dialog, sipCallId: key } = record;
    const [caller, callee] = [dialog.caller.said, dialog.callee.said];
    try {
      if (!caller || !callee) return this.#abandon('unfit');
      const { inactivity = 0 } = dialog;
      const said = { caller, callee };
      const request = { call: this.#call, ...said, inactivity, owner: node, key };
      return { record, said, opened: await anchors.reopen(request) };
    } catch (error) {
      this.#change(settled);
      throw error;
    }
  }

  #abandon(outcome: 'unfit'): 'unfit' {
    this.#change(settled);
    return outcome;
  }

  #reserve(
    parties: readonly Party[],
    change: (dialogs: CallDialogs) => CallDialogs = (dialogs) => dialogs,
  ): Promise<DialogRecord | undefined> {
    return changeDialogs(this.#parts, this.#call, (dialogs) => reserved(change(dialogs), parties));
  }

  async #next(party: Party, sdp: string): Promise<OfferOutcome> {
    const record = await this.#reserve([party]);
    return record ? this.#tell(record, party, sdp) : 'lost';
  }

  #tell(record: DialogRecord, party: Party, sdp: string): Promise<OfferOutcome> {
    const { versions = 0 } = record.dialog[party];
    return offer(this.#parts, record, party, raiseVersion(sdp, versions));
  }

  /** What was counted until now goes along. */
  async #leave({ record: { mediaSession } }: Begun): Promise<void> {
    const before = carriedBy(await this.#parts.anchors.close(mediaSession));
    this.#change((record) =>
      hasDialogs(record)
        ? { ...record, dialog: { ...record.dialog, carried: added(before, record.dialog.carried) } }
        : record,
    );
  }

  /** The session that the call has come from is still there; the caller is to send there again when it has moved. */
  async #back({ record, said, opened }: Begun, isCallerAway: boolean): Promise<void> {
    const { anchors } = this.#parts;
    const { mediaMoves, mediaSession } = record;
    this.#change((latest) => ({ ...latest, mediaSession, mediaMoves }));
    if (isCallerAway) {
      const sdp = await anchors.rewrite(mediaSession, 'callee', said.callee);
      await this.#next('caller', sdp);
    }
    await anchors.close(opened.session);
  }

  /** The move is over, and the media is in this session; a call that has ended meanwhile did so without knowing of it. */
  async #end(session: string): Promise<void> {
    const { anchors, log } = this.#parts;
    try {
      const record = await this.#settle();
      if (record?.mediaSession !== session) void anchors.close(session);
    } catch (err) {
      log.info({ callId: this.#call, err }, 'whether a call that was moved goes on is not known');
    }
  }

  #settle(): Promise<CallRecord | undefined> {
    const { records } = this.#parts;
    if (!records.own.has(this.#call)) return records.read(this.#call);
    // It rejects when the call was ended here while the store was away.
    return records.changeNow(this.#call, settled, storeTime).catch(() => undefined);
  }

  #change(edit: (record: CallRecord) => CallRecord): void {
    if (this.#parts.records.own.has(this.#call)) this.#parts.records.change(this.#call, edit);
  }
}

/** Tells a party alone of where the media of its call is already. */
export async function tellParty(
  parts: EdgeParts,
  call: string,
  party: Party,
  sdp: string,
): Promise<OfferOutcome> {
  const record = await changeDialogs(parts, call, (dialogs) => reserved(dialogs, [party]));
  if (!record) return 'lost';
  return offer(parts, record, party, raiseVersion(sdp, record.dialog[party].versions ?? 0));
}

async function changeDialogs(
  { records }: EdgeParts,
  call: string,
  change: (dialogs: CallDialogs) => CallDialogs,
): Promise<DialogRecord | undefined> {
  const record = await records.changeNow(
    call,
    (latest) => (hasDialogs(latest) ? { ...latest, dialog: change(latest.dialog) } : latest),
    storeTime,
  );
  return record && hasDialogs(record) ? record : undefined;
}

function settled(record: CallRecord): CallRecord {
  return hasDialogs(record) ? { ...record, dialog: { ...record.dialog, movingUntil: undefined } } : record;
}

function movedTo(session: string): (record: CallRecord) => CallRecord {
  return (record) => ({ ...record, mediaSession: session, mediaMoves: record.mediaMoves + 1 });
}
