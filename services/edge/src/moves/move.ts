import type { CallRecord } from '@tandem/platform';
import type { Reopened } from '../anchor.ts';
import type { DialogRecord, Said } from '../call-dialogs.ts';
import type { EdgeParts } from '../parts.ts';
import { added, carriedBy } from '../records/ended.ts';
import type { Party } from '../token.ts';
import { type OfferOutcome, offer } from './offer.ts';
import { changeOwn, type DialogEdit, ifOwn, reserved } from './reservation.ts';

/** What has become of a move. `unfit`: it is not known what a party has said. */
export type MoveOutcome = 'moved' | 'unfit' | Exclude<OfferOutcome, 'taken'>;

/** What becomes of a move of which the parties make different things: the first of these that there is. */
const worst = ['over', 'lost', 'refused'] as const;

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
    const begun = await this.#begin();
    if (typeof begun === 'string') return begun;
    const { opened, record } = begun;
    const moved = await this.#reserve(['caller', 'callee'], movedTo(opened.session));
    const outcomes: readonly OfferOutcome[] = moved
      ? await Promise.all([this.#tell(moved, 'caller', begun), this.#tell(moved, 'callee', begun)])
      : ['over'];
    // Where the media was may be alive all the same, out of our sight.
    await this.#end(opened.session, record.mediaSession);
    return this.#ifKept(worst.find((outcome) => outcomes.includes(outcome)) ?? 'moved');
  }

  /** From a worker that goes on until the call is away: one party after the other, and back when the second refuses. */
  async gently(): Promise<MoveOutcome> {
    const begun = await this.#begin();
    if (typeof begun === 'string') return begun;
    const moved = await this.#reserve(['caller'], movedTo(begun.opened.session));
    const first = moved ? await this.#tell(moved, 'caller', begun) : 'over';
    const second = first === 'taken' ? await this.#next('callee', begun) : first;
    if (second === 'taken') await this.#leave(begun);
    else if (second !== 'over') await this.#back(begun, first === 'taken' && second === 'refused');
    await this.#end(...sessionsOf(begun, second));
    return this.#ifKept(second === 'taken' ? 'moved' : second);
  }

  /** A party that was not reached may be with another edge, which has taken the call over: that is none to hang up. */
  #ifKept(outcome: MoveOutcome): MoveOutcome {
    return outcome === 'lost' && !this.#parts.records.own.has(this.#call) ? 'over' : outcome;
  }

  async #begin(): Promise<Begun | 'over' | 'unfit'> {
    const { anchors, node, now } = this.#parts;
    // Another edge may have seen the last that a party has said.
    const record = await this.#changeNow(moving(now()));
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
    change: DialogEdit = (record) => record,
  ): Promise<DialogRecord | undefined> {
    return this.#changeNow((latest) => reserved(change(latest), parties));
  }

  async #next(party: Party, begun: Begun): Promise<OfferOutcome> {
    const record = await this.#reserve([party]);
    return record ? this.#tell(record, party, begun) : 'over';
  }

  #tell(record: DialogRecord, party: Party, { opened, said }: Begun): Promise<OfferOutcome> {
    const told =
      party === 'caller'
        ? { sdp: opened.toCaller, said: said.callee }
        : { sdp: opened.toCallee, said: said.caller };
    return offer(this.#parts, record, party, told);
  }

  /** What was counted until now goes along. */
  async #leave({ record: { mediaSession } }: Begun): Promise<void> {
    const before = carriedBy(await this.#parts.anchors.close(mediaSession));
    this.#change(({ dialog, ...record }) => ({
      ...record,
      dialog: { ...dialog, carried: added(before, dialog.carried) },
    }));
  }

  /** The session that the call has come from is still there; the caller is to send there again when it has moved. */
  async #back(begun: Begun, isCallerAway: boolean): Promise<void> {
    const { anchors } = this.#parts;
    const { opened, record, said } = begun;
    const { mediaMoves, mediaSession } = record;
    this.#change((latest) => ({ ...latest, mediaSession, mediaMoves }));
    if (isCallerAway) {
      const toCaller = await anchors.rewrite(mediaSession, 'callee', said.callee);
      await this.#next('caller', { ...begun, opened: { ...opened, toCaller } });
    }
    await anchors.close(opened.session);
  }

  /** The move is over, and the media is in one of these sessions; a call that has ended meanwhile did so without knowing of it. */
  async #end(...sessions: readonly string[]): Promise<void> {
    const { anchors, log } = this.#parts;
    try {
      const record = await this.#settle();
      for (const session of sessions) if (record?.mediaSession !== session) void anchors.close(session);
    } catch (err) {
      log.info({ callId: this.#call, err }, 'whether a call that was moved goes on is not known');
    }
  }

  #settle(): Promise<CallRecord | undefined> {
    const { node, records } = this.#parts;
    if (!records.own.has(this.#call)) return records.read(this.#call);
    // It rejects when the call was ended here while the store was away.
    return records.changeNow(this.#call, ifOwn(node, settled), storeTime).catch(() => undefined);
  }

  #changeNow(edit: DialogEdit): Promise<DialogRecord | undefined> {
    return changeOwn(this.#parts, this.#call, edit, storeTime);
  }

  #change(edit: DialogEdit): void {
    const { node, records } = this.#parts;
    if (records.own.has(this.#call)) records.change(this.#call, ifOwn(node, edit));
  }
}

/** Notes that a party is about to be told of where the media is. */
export function begin({ node, now, records }: EdgeParts, call: string): void {
  records.change(call, ifOwn(node, moving(now())));
}

/** Tells a party alone of where the media of its call is already. */
export async function tellParty(
  parts: EdgeParts,
  call: string,
  party: Party,
  sdp: string,
): Promise<OfferOutcome> {
  const record = await changeOwn(parts, call, (latest) => reserved(latest, [party]), storeTime);
  if (!record) return 'over';
  const outcome = await offer(parts, record, party, { sdp });
  if (parts.records.own.has(call)) parts.records.change(call, ifOwn(parts.node, settled));
  return outcome;
}

/** Where the media may be after the second party was told, or not. */
function sessionsOf({ opened, record }: Begun, second: OfferOutcome): readonly string[] {
  if (second === 'over') return [opened.session, record.mediaSession];
  return [second === 'taken' ? opened.session : record.mediaSession];
}

function moving(now: number): DialogEdit {
  return (record) => ({ ...record, dialog: { ...record.dialog, movingUntil: now + movingTime } });
}

function settled(record: DialogRecord): DialogRecord {
  return { ...record, dialog: { ...record.dialog, movingUntil: undefined } };
}

function movedTo(session: string): DialogEdit {
  return (record) => ({ ...record, mediaSession: session, mediaMoves: record.mediaMoves + 1 });
}
