import { expect } from 'vitest';
import type { Cluster } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import type { Pause } from './agent/audio.ts';
import type { Conversation } from './agent/conversation.ts';
import type { Leg } from './agent/leg.ts';
import { Party } from './agent/party.ts';
import { endsByCallId } from './events.ts';

const HEARD = 10_000;
const MOVED = 10_000;
const TOLD = 15_000;
/** How many calls are ended at the same time. */
const AT_ONCE = 8;

/** Calls that are up at the same time: most say little, some speak all the time so that every gap shows. */
export class Crowd {
  readonly calls: readonly Conversation[];
  /** Those that speak. */
  readonly speaking: readonly Conversation[];
  readonly #cluster: Cluster;
  readonly #parties: readonly Party[];

  private constructor(
    cluster: Cluster,
    parties: readonly Party[],
    quiet: readonly Conversation[],
    speaking: readonly Conversation[],
  ) {
    this.#cluster = cluster;
    this.#parties = parties;
    this.speaking = speaking;
    this.calls = [...quiet, ...speaking];
  }

  /** Brings them up; every side has heard the other when this returns. */
  static async gather(cluster: Cluster, counts: { quiet: number; speaking: number }): Promise<Crowd> {
    const parties = [await Party.open(cluster, 8), await Party.open(cluster, 4, { rate: 'speech' })] as const;
    const quiet = await parties[0].hold(counts.quiet);
    const crowd = new Crowd(cluster, parties, quiet, await parties[1].hold(counts.speaking));
    await crowd.heard();
    return crowd;
  }

  get legs(): readonly Leg[] {
    return this.calls.flatMap(({ legs }) => legs);
  }

  get up(): number {
    return this.calls.filter(({ legs }) => legs.every(({ isUp }) => isUp)).length;
  }

  /** What peers did wrong. */
  get complaints(): readonly string[] {
    return this.#parties.flatMap(({ complaints }) => complaints);
  }

  /** The calls whose media is at a worker. */
  at(worker: string): Conversation[] {
    return this.calls.filter(({ legs }) => legs.some(({ media }) => media === worker));
  }

  /** Waits until every side hears the other. */
  async heard(): Promise<void> {
    const mute = () => this.legs.filter(({ audio }) => audio.arrivals.length === 0).length;
    await until(
      () => `${mute()} of ${this.legs.length} hear nothing`,
      () => mute() === 0,
      HEARD,
    );
  }

  /** Waits until no call has its media at a worker any more. */
  async left(worker: string): Promise<void> {
    const left = () => this.at(worker).length;
    await until(
      () => `${left()} of ${this.calls.length} calls are still at ${worker}`,
      () => left() === 0,
      MOVED,
    );
  }

  /** The longest pause since `moment` that each side of those who speak has heard, once all hear again. */
  async pauses(moment: number, among: readonly Conversation[] = this.speaking): Promise<Pause[]> {
    const legs = this.speaking.filter((call) => among.includes(call)).flatMap((call) => call.legs);
    const pauses = () => legs.map(({ audio }) => audio.longestPause(moment));
    const lost = () => pauses().filter(({ end }) => !Number.isFinite(end)).length;
    await until(
      () => `${lost()} of ${legs.length} hear nothing any more`,
      () => lost() === 0,
      MOVED,
    );
    return pauses();
  }

  /** Changes each call from one side and ends it from the other, and checks that nothing is left of any. */
  async conclude(): Promise<void> {
    const left = this.calls.entries();
    const statuses: number[] = [];
    const worker = async () => {
      for (const [index, call] of left) {
        const [one, other] = index % 2 ? (['caller', 'callee'] as const) : (['callee', 'caller'] as const);
        statuses.push(await call.renew(one), await call.end(other));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(statuses).toEqual(Array.from({ length: 2 * this.calls.length }, () => 200));
    expect(this.complaints).toEqual([]);
    await this.#told();
  }

  async #told(): Promise<void> {
    const told = async () => {
      const ends = await endsByCallId(this.#cluster.servers.nats.url);
      return this.calls.map(({ callId }) => ends.get(callId) ?? 0);
    };
    const isTold = async () => (await told()).every((times) => times > 0);
    await until(() => 'the end of every call among the events', isTold, TOLD);
    expect((await told()).filter((times) => times !== 1)).toEqual([]);
  }
}
