import { randomUUID } from 'node:crypto';
import { Fault } from '@tandem/sip';
import type { Bus, BusMessage, Subscription } from '../bus/bus.ts';
import type { Etcd } from '../etcd/etcd.ts';
import { type Change, Mirror } from '../etcd/mirror.ts';
import { busNoResponder, nodeIdTaken } from '../faults.ts';
import type { Log } from '../log.ts';
import { members as memberCount, membershipEvents } from '../metrics.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Beat, decodeBeat, Places } from './beat.ts';
import { BusPresence } from './bus-presence.ts';
import { ChangeListeners } from './change-listeners.ts';
import type {
  Announcement,
  Condition,
  Member,
  Membership,
  MembershipChange,
  Presence,
  Tier,
} from './membership.ts';
import { Pulse, tickMs } from './pulse.ts';
import { type Entry, Roll } from './roll.ts';

export interface BusMembershipOptions {
  readonly bus: Bus;
  /** Where nodes are written down as well; without it the beats alone tell. */
  readonly etcd?: Etcd | undefined;
  readonly region: string;
  readonly log: Log;
}

/** A member that was silent for so long is asked, in milliseconds: it has missed a beat. */
const askAfterMs = 375;
/** One that was silent for so long has died. A tick later is still within 750 ms. */
const deadAfterMs = 690;
/** Through so much of that time the bus must have been seen to work. */
const provenMs = 400;
const answerMs = 500;
const ticksABeat = 250 / tickMs;

/**
 * The members of a region by their beats on the bus. Who falls silent is asked; that nobody answers there any more is
 * known at once, that a process is stuck when its time is over. etcd tells whom to ask at the start.
 */
export class BusMembership implements Membership {
  readonly #options: BusMembershipOptions;
  readonly #log: Log;
  readonly #places: Places;
  readonly #listeners: ChangeListeners;
  readonly #counts = { joined: 0, changed: 0, left: 0, died: 0, asked: 0, unreadable: 0, blind: 0 };
  readonly #roll = new Roll((change) => this.#changed(change));
  readonly #pulse = new Pulse(performance.now());
  readonly #echo: string;
  readonly #subscriptions: Subscription[];
  readonly #presences = new Set<BusPresence>();
  /** Lives of this process, past ones included: what the bus still brings of them is no news. */
  readonly #ownLives = new Set<string>();
  readonly #mirror: Mirror | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #ticks = 0;
  #closed = false;

  constructor(options: BusMembershipOptions) {
    const { bus, etcd, region } = options;
    this.#options = options;
    this.#log = options.log.child({ part: 'membership' });
    this.#listeners = new ChangeListeners(this.#log);
    this.#places = new Places(region);
    this.#echo = this.#places.echo(randomUUID());
    this.#subscriptions = [
      bus.subscribe(this.#places.beats, (message) => this.#receive(message)),
      bus.subscribe(this.#echo, () => this.#pulse.echo(performance.now())),
    ];
    const onChange = (changes: readonly Change[]): void => this.#meet(changes);
    this.#mirror = etcd && new Mirror({ etcd, prefix: this.#places.nodes, log: this.#log, onChange });
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#stopListening = bus.onConnection((connected) => this.#connected(connected));
    this.#beat();
  }

  /** Reports the members at each scrape. */
  observe(metrics: Metrics): void {
    metrics.observe(memberCount, (report) => {
      for (const state of ['serving', 'draining'] as const) {
        for (const [tier, count] of this.#roll.count(state)) report(count, { tier, state });
      }
    });
    metrics.observe(membershipEvents, (report) => {
      for (const [event, count] of Object.entries(this.#counts)) report(count, { event });
    });
  }

  async join(announcement: Announcement, condition: Condition): Promise<Presence> {
    const { bus, etcd } = this.#options;
    const beat = { ...announcement, ...condition, life: randomUUID(), leaving: false };
    await this.#checkUnused(beat);
    const presence: BusPresence = new BusPresence(beat, {
      bus,
      etcd,
      places: this.#places,
      log: this.#log,
      // Its own view needs no bus.
      onBeat: (own) => this.#roll.heard(own, performance.now()),
      onLeave: () => this.#presences.delete(presence),
    });
    this.#presences.add(presence);
    this.#ownLives.add(beat.life);
    await presence.announced();
    return presence;
  }

  members(tier: Tier): readonly Member[] {
    return this.#roll.members(tier);
  }

  onChange(listener: (change: MembershipChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    clearInterval(this.#timer);
    this.#stopListening();
    this.#mirror?.close();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await Promise.all(Array.from(this.#presences, (presence) => presence.leave()));
  }

  #changed(change: MembershipChange): void {
    this.#counts[change.change]++;
    const { tier, id, state } = change.member;
    const level = change.change === 'died' ? 'warn' : 'info';
    this.#log[level]({ tier, member: id, state }, `a node has ${change.change}`);
    this.#listeners.tell(change);
  }

  async #checkUnused({ tier, id }: Beat): Promise<void> {
    const other = await this.#ask(tier, id);
    if (other === undefined || other === 'nobody') return;
    const started = new Date(other.startedMs).toISOString();
    throw new Fault(nodeIdTaken, `${tier} ${id}: a process that started at ${started} has it`);
  }

  #receive({ payload }: BusMessage): void {
    const beat = decodeBeat(payload);
    if (!beat) this.#counts.unreadable++;
    else if (!this.#isOwn(beat)) this.#roll.heard(beat, performance.now());
  }

  /** What this process has said itself counts for it without the bus; another one with its id is complained of. */
  #isOwn(beat: Beat): boolean {
    for (const presence of this.#presences) if (presence.recognizes(beat)) return true;
    return this.#ownLives.has(beat.life);
  }

  #connected(connected: boolean): void {
    if (connected) this.#back();
    else {
      this.#counts.blind++;
      this.#pulse.deaf();
    }
  }

  /** Others may have given this node up, and taken over what it had. */
  #back(): void {
    const backSinceMs = Date.now();
    for (const presence of this.#presences) presence.update({ backSinceMs });
    this.#beat();
  }

  #beat(): void {
    this.#publish(this.#echo, Buffer.of());
    for (const presence of this.#presences) presence.beat();
  }

  #tick(): void {
    const now = performance.now();
    if (this.#pulse.tick(now)) {
      this.#counts.blind++;
      this.#log.warn({}, 'the bus does not bring our own messages back, nobody is judged');
    }
    if (this.#pulse.isLate) this.#back();
    if (this.#ticks++ % ticksABeat === 0) this.#beat();
    if (!this.#pulse.blind) for (const entry of [...this.#roll.entries]) this.#judge(entry, now);
  }

  #judge(entry: Entry, now: number): void {
    if (this.#isOwn(entry.beat)) return;
    const silence = this.#pulse.silence(entry.lastHeard, now);
    if (silence > deadAfterMs && this.#pulse.provenSilence(entry.lastHeard) > provenMs) {
      this.#roll.died(entry);
    } else if (silence > askAfterMs && !entry.asked) {
      entry.asked = true;
      void this.#inquire(entry);
    }
  }

  async #inquire(entry: Entry): Promise<void> {
    this.#counts.asked++;
    const { lastHeard, beat } = entry;
    const answer = await this.#ask(beat.tier, beat.id);
    if (answer !== 'nobody' || entry.lastHeard !== lastHeard) return;
    if (this.#pulse.silence(lastHeard, performance.now()) > askAfterMs) this.#roll.died(entry);
  }

  /** What a node says when it is asked; undefined when there is no telling. */
  async #ask(tier: Tier, id: string): Promise<Beat | 'nobody' | undefined> {
    const { bus } = this.#options;
    try {
      const answer = await bus.request(this.#places.node(tier, id), Buffer.from('ping'), {
        timeoutMs: answerMs,
      });
      const beat = decodeBeat(answer);
      if (beat && !this.#closed && !this.#isOwn(beat)) this.#roll.heard(beat, performance.now());
      return beat;
    } catch (error) {
      return error instanceof Fault && error.kind === busNoResponder ? 'nobody' : undefined;
    }
  }

  /** Nodes that etcd knows count as soon as they have been heard. */
  #meet(changes: readonly Change[]): void {
    for (const { key, value } of changes) {
      const node = value === undefined ? undefined : this.#places.nodeOf(key);
      if (node && !this.#roll.get(node.tier, node.id)) void this.#ask(node.tier, node.id);
    }
  }

  #publish(subject: string, payload: Uint8Array): void {
    const { bus } = this.#options;
    try {
      if (bus.connected) bus.publish(subject, payload);
    } catch (error) {
      this.#log.debug({ err: error }, 'the bus took no message');
    }
  }
}
