import type { router } from '@tandem/contract';
import { Fault } from '@tandem/sip';
import { routerUnavailable } from '../../faults.ts';
import type { EndedConnection } from '../router.ts';
import type { Peer } from './peer.ts';

/** A router that has been told. */
export type Told = Pick<Peer, 'tell'>;

/** A connection whose end no router has seen to. */
interface Untold {
  readonly ended: router.EndedConnection;
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  /** Who was told last. */
  to: Told | undefined;
  tries: number;
  dueAt: number;
}

const capacity = 10_000;
/** Milliseconds until a router is told again: this, and twice as much each time. */
const firstPauseMs = 1_000;
const lastPauseMs = 64_000;
/** Registrations that nobody could remove for so long have most likely expired. */
const keepMs = 3_600_000;

/** What became of them so far. */
export interface EndedTallies {
  told: number;
  repeated: number;
  dropped: number;
}

/** Connections that have ended, until a router has seen to it that nobody is reached through them. */
export class EndedConnections {
  readonly tallies: EndedTallies = { told: 0, repeated: 0, dropped: 0 };
  readonly #untold = new Map<number, Untold>();
  #lastId = 0;

  /** Resolves when a router has seen to it, and rejects with a Fault when that is given up. */
  add(ended: EndedConnection, now: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#untold.size >= capacity) this.#drop(this.#untold.keys().next().value!, 'too many wait');
    this.#lastId = (this.#lastId + 1) >>> 0;
    const named = { ...ended, id: this.#lastId };
    this.#untold.set(named.id, {
      ended: named,
      since: now,
      resolve,
      reject,
      to: undefined,
      tries: 0,
      dueAt: now,
    });
    return promise;
  }

  /** Tells routers of all that is due; `choose` finds one. */
  tell(now: number, choose: () => Told | undefined): void {
    for (const [id, untold] of this.#untold) {
      if (untold.dueAt > now) continue;
      if (now - untold.since > keepMs) {
        this.#drop(id, `no router has taken it within ${keepMs / 60_000} minutes`);
        continue;
      }
      const peer = choose();
      if (!peer) return;
      if (untold.tries > 0) this.tallies.repeated++;
      untold.to = peer;
      untold.dueAt = now + Math.min(lastPauseMs, firstPauseMs * 2 ** untold.tries++);
      peer.tell(untold.ended);
    }
  }

  /** A router has seen to these. */
  told(ids: readonly number[]): void {
    for (const id of ids) {
      const untold = this.#untold.get(id);
      if (!untold) continue;
      this.#untold.delete(id);
      this.tallies.told++;
      untold.resolve();
    }
  }

  /** What this router was told is told to another. */
  lost(peer: Told, now: number): void {
    for (const untold of this.#untold.values()) if (untold.to === peer) untold.dueAt = now;
  }

  close(why: string): void {
    for (const id of this.#untold.keys()) this.#drop(id, why);
  }

  #drop(id: number, why: string): void {
    const { ended, reject } = this.#untold.get(id)!;
    this.#untold.delete(id);
    this.tallies.dropped++;
    reject(new Fault(routerUnavailable, `connection ${ended.connection} has ended: ${why}`));
  }
}
