import { setTimeout as delay } from 'node:timers/promises';
import type { CallRecord, Member, MembershipChange } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { hasDialogs } from '../call-dialogs.ts';
import { mediaLost, mediaUnavailable, partyLost } from '../faults.ts';
import { bye, hangUp } from '../hang-up.ts';
import type { EdgeParts } from '../parts.ts';
import type { Party } from '../token.ts';
import type { Members } from '../uses/workers.ts';
import { workerOf } from '../uses/workers.ts';
import { Burst } from './burst.ts';
import { begin, Move, type MoveOutcome, tellParty } from './move.ts';

/** What became of the moves of calls. */
export type MoveTallies = Record<MoveOutcome | 'failed', number>;

/** Milliseconds between two attempts to move a call that no worker takes, and for how long they are made once it has none. */
const retryInterval = 1_000;
const retryTime = 60_000;
/** Milliseconds that the ACK of an answer may take; it may pass another edge. */
const ackTime = 1_000;

/**
 * Moves the media of the calls that this edge looks after away from workers that die, start anew or drain
 * (design §3).
 */
export class MediaMoves {
  readonly tallies: MoveTallies = { moved: 0, refused: 0, lost: 0, over: 0, unfit: 0, failed: 0 };
  readonly #parts: EdgeParts;
  readonly #membership: Members | undefined;
  /** Records seconds from when a worker is known to be gone until its call has audio again. */
  readonly #moveTime: (seconds: number) => void;
  /** Calls that are being moved, or that a party does not let move. */
  readonly #busy = new Set<string>();
  readonly #urgent = new Burst(250, 500);
  readonly #gentle = new Burst(20, 2_000);
  /** Calls that wait for their ACK. */
  readonly #answered = new Map<string, () => void>();
  #stop: (() => void) | undefined;

  constructor(
    parts: EdgeParts,
    membership: Members | undefined,
    moveTime: (seconds: number) => void = () => {},
  ) {
    this.#parts = parts;
    this.#membership = membership;
    this.#moveTime = moveTime;
  }

  start(): void {
    this.#stop = this.#membership?.onChange((change) => this.#changed(change));
  }

  stop(): void {
    this.#stop?.();
  }

  /** Looks where the media of a call is that this edge has just got. */
  check(record: CallRecord): void {
    const { id, mediaSession, state } = record;
    if (state !== 'answered' || mediaSession === '') return;
    // Its edge has died over a move: nobody knows which of the parties it has told of it.
    const isHalfway = hasDialogs(record) && record.dialog.movingUntil !== undefined;
    if (isHalfway) this.#begin(id, true);
    else void this.#isServed(mediaSession).then((isServed) => isServed || this.#begin(id));
  }

  /** An edge that has just come gets calls before it has met their workers: then these know best. */
  async #isServed(session: string): Promise<boolean> {
    const { anchors, workers } = this.#parts;
    if (!workers.isUnheardOf(session)) return workers.serves(session);
    return anchors.has(session).catch(() => false);
  }

  /**
   * A call was answered. One whose worker died while it rang has another one, of which the callee is to be told with
   * `toCallee`; one whose worker drains is moved.
   */
  answered(call: string, toCallee: string | undefined): void {
    const { records, workers } = this.#parts;
    const session = records.own.copy(call)?.mediaSession ?? '';
    if (toCallee === undefined && (session === '' || workers.serves(session))) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answered.set(call, resolve);
    // Nobody else knows what the callee is to be told; an edge that gets the call all the same moves it.
    if (toCallee !== undefined) begin(this.#parts, call);
    const told = records.custody.keep(call, async () => {
      // Before that the phones would refuse it: an INVITE is under way.
      await Promise.race([promise, delay(ackTime, undefined, { ref: false })]);
      this.#answered.delete(call);
      if (toCallee !== undefined)
        await this.#run(call, () => tellParty(this.#parts, call, 'callee', toCallee));
    });
    void told.then(() => {
      const record = records.own.copy(call);
      if (record) this.check(record);
    });
  }

  /** The ACK of an answer has passed. */
  acknowledged(call: string): void {
    this.#answered.get(call)?.();
  }

  /**
   * A BYE of the other party came behind an INVITE of ours, with a number below, and was refused for that (RFC 3261
   * §12.2.2): this party gets another one. `number` is that of the first one; `release` is called when what that takes is
   * known.
   */
  async overtaken(call: string, party: Party, number: number, release: () => void): Promise<void> {
    const { records } = this.#parts;
    const record = records.own.copy(call) ?? (await records.read(call).catch(() => undefined));
    release();
    if (!record || !hasDialogs(record) || record.mediaMoves === 0) return;
    const { dialog, ...leg } = record.dialog[party];
    const beyond = { ...dialog, sequence: Math.max(dialog.sequence, number) };
    await bye(this.#parts, { ...leg, dialog: beyond }, 'SIP;cause=200;text="The other party has hung up"');
  }

  #changed({ change, member }: MembershipChange): void {
    if (member.tier !== 'media') return;
    const { workers } = this.#parts;
    const isGone = change === 'died' || change === 'left';
    if (isGone || member.state === 'draining') workers.leave(member);
    this.#moveFrom(member);
  }

  /** All calls whose session is where it should not be: also those of an earlier life. */
  #moveFrom({ id: worker }: Member): void {
    const { records, workers } = this.#parts;
    const calls = [
      ...records.own.withMedia((session) => workerOf(session) === worker && !workers.serves(session)),
    ];
    for (const call of calls) this.#begin(call);
  }

  #begin(call: string, isHalfway = false): void {
    if (this.#busy.has(call)) return;
    const session = this.#parts.records.own.copy(call)?.mediaSession ?? '';
    const isUrgent = isHalfway || !this.#parts.workers.answersFor(session);
    const since = this.#parts.now();
    const work = (): Promise<void> => this.#run(call, () => this.#attempt(call, since, isHalfway));
    (isUrgent ? this.#urgent : this.#gentle).run(work);
  }

  async #run(call: string, work: () => Promise<MoveOutcome | 'taken'>): Promise<void> {
    if (this.#busy.has(call)) return;
    this.#busy.add(call);
    try {
      const outcome = await work();
      this.#busy.delete(call);
      await this.#ended(call, outcome === 'taken' ? 'moved' : outcome);
    } catch (err) {
      this.#busy.delete(call);
      this.tallies.failed++;
      this.#parts.log.error({ callId: call, err }, 'the media of a call was not moved');
      await this.#hangUpWithoutMedia(call);
    }
  }

  async #attempt(call: string, since: number, isHalfway: boolean): Promise<MoveOutcome> {
    const { now, records, workers } = this.#parts;
    let lost = since;
    for (let tries = 1; ; tries++) {
      const record = records.own.copy(call);
      if (record?.state !== 'answered') return 'over';
      if (!isHalfway && workers.serves(record.mediaSession)) return 'over';
      const move = new Move(this.#parts, call);
      const isUrgent = isHalfway || !workers.answersFor(record.mediaSession);
      try {
        // An attempt takes numbers, and while it lasts the parties may not offer anything.
        if (!workers.mayOpen) throw new Fault(mediaUnavailable, 'no worker serves');
        const outcome = await records.custody.keep(call, () => (isUrgent ? move.away() : move.gently()));
        if (isUrgent && outcome === 'moved') this.#moveTime((now() - lost) / 1000);
        // What a party keeps while a worker drains it loses when that dies.
        if (isUrgent || outcome !== 'refused') return outcome;
        if (workers.answersFor(record.mediaSession)) return outcome;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        if (tries === 1)
          this.#parts.log.warn({ callId: call, err: error }, 'no media worker takes a call over yet');
        // As long as its worker drains, the call has what it needs.
        if (!isUrgent) lost = now();
        if (now() - lost >= retryTime) throw error;
        await delay(retryInterval, undefined, { ref: false });
      }
    }
  }

  async #ended(call: string, outcome: MoveOutcome): Promise<void> {
    this.tallies[outcome]++;
    this.#parts.log.info({ callId: call, outcome }, 'the media of a call was to be moved');
    if (outcome === 'lost') await hangUp(this.#parts, call, partyLost);
    if (outcome === 'unfit') await this.#hangUpWithoutMedia(call);
    // The next worker may have gone meanwhile.
    const record = outcome === 'moved' ? this.#parts.records.own.copy(call) : undefined;
    if (record) this.check(record);
  }

  /** Nobody hears the other one any more, and nobody could tell them of another worker. */
  async #hangUpWithoutMedia(call: string): Promise<void> {
    const session = this.#parts.records.own.copy(call)?.mediaSession;
    if (session !== undefined && !this.#parts.workers.answersFor(session))
      await hangUp(this.#parts, call, mediaLost);
  }
}
