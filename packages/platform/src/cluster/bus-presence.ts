import { Fault } from '@tandem/sip';
import type { Bus, Subscription } from '../bus/bus.ts';
import type { Etcd } from '../etcd/etcd.ts';
import { KeptLease } from '../etcd/kept-lease.ts';
import { commit } from '../etcd/store.ts';
import { membershipUnreachable } from '../faults.ts';
import type { Log } from '../log.ts';
import { type Beat, encodeBeat, type Places } from './beat.ts';
import type { Presence } from './membership.ts';

interface PresenceOptions {
  readonly bus: Bus;
  readonly etcd: Etcd | undefined;
  readonly places: Places;
  readonly log: Log;
  /** Called with each thing that it says. */
  readonly onBeat: (beat: Beat) => void;
  readonly onLeave: () => void;
}

/** Seconds after which etcd forgets a node that has died. */
const leaseTtl = 10;
/** How long it may take until anybody can know of a node. */
const announceMs = 5_000;

/** A node's own place on the bus and in etcd. */
export class BusPresence implements Presence {
  readonly #options: PresenceOptions;
  readonly #answering: Subscription;
  readonly #lease: KeptLease | undefined;
  readonly #announced = Promise.withResolvers<void>();
  /** Lives of other processes with this id that were complained of. */
  readonly #others = new Set<string>();
  #beat: Beat;
  #left: Promise<void> | undefined;

  constructor(beat: Beat, options: PresenceOptions) {
    const { bus, etcd, places, log } = options;
    this.#options = options;
    this.#beat = beat;
    this.#announced.promise.catch(() => undefined);
    const key = places.key(beat.tier, beat.id);
    this.#answering = bus.subscribe(places.node(beat.tier, beat.id), ({ respond }) =>
      respond(encodeBeat(this.#beat)),
    );
    const write = async (lease: number): Promise<void> => {
      await commit(etcd!, [], [{ key, value: JSON.stringify(this.#beat), lease }]);
      this.#announced.resolve();
    };
    this.#lease = etcd && new KeptLease({ etcd, ttl: leaseTtl, log, onGranted: write });
    this.beat();
  }

  /** Resolves when the bus or etcd has taken it; otherwise it leaves, and rejects with `membership-unreachable`. */
  async announced(): Promise<void> {
    const { tier, id } = this.#beat;
    const fault = new Fault(membershipUnreachable, `${tier} ${id}: nothing within ${announceMs} ms`);
    const timer = setTimeout(() => this.#announced.reject(fault), announceMs);
    try {
      await this.#announced.promise;
    } catch (error) {
      await this.leave();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether a beat is its own. Another process with the same id is told in the log, once. */
  recognizes({ tier, id, life, startedMs, leaving }: Beat): boolean {
    if (tier !== this.#beat.tier || id !== this.#beat.id) return false;
    if (life === this.#beat.life) this.#announced.resolve();
    else if (!leaving && !this.#others.has(life)) {
      this.#others.add(life);
      const other = new Date(startedMs).toISOString();
      this.#options.log.error(
        { tier, member: id, otherStarted: other },
        'another process has our node id: give each one its own, calls are lost otherwise',
      );
    }
    return true;
  }

  update(changed: Parameters<Presence['update']>[0]): void {
    const { addresses, state } = this.#beat;
    this.#beat = { ...this.#beat, ...changed };
    if (this.#beat.state !== state || this.#beat.addresses !== addresses) this.beat();
  }

  /** Says that it is there. */
  beat(): void {
    const { bus, places, onBeat, log } = this.#options;
    onBeat(this.#beat);
    if (!bus.connected) return;
    try {
      bus.publish(places.beat(this.#beat.tier, this.#beat.id), encodeBeat(this.#beat));
    } catch (error) {
      log.debug({ err: error }, 'the bus took no beat');
    }
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async #leave(): Promise<void> {
    this.#beat = { ...this.#beat, leaving: true };
    this.#answering.unsubscribe();
    this.beat();
    this.#options.onLeave();
    await this.#lease?.close();
  }
}
