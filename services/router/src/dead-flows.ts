import { setTimeout as delay } from 'node:timers/promises';
import type { Location } from '@tandem/location';
import { firstConnection, type Log, type Member, type Membership } from '@tandem/platform';

/** What the connections of an edge that is gone are known and removed by. */
export interface DeadFlowsParts {
  readonly membership: Pick<Membership, 'members' | 'onChange'>;
  readonly location: Pick<Location, 'edgeEnded'>;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds after which a store that was away is asked again. */
const retryInterval = 1_000;
/** Milliseconds by which the clocks of two nodes may differ, and which an edge may be known as dead too late. */
const tolerance = 2_000;

/**
 * Nobody is reached through the connections of an edge that is gone: their bindings are removed at once, and not when
 * they expire. Every router sees to it, for it does no harm twice.
 */
export class DeadFlows {
  readonly #parts: DeadFlowsParts;
  /** What is to be removed: all connections of an edge before a number. */
  readonly #gone = new Map<string, number>();
  readonly #unsubscribe: () => void;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(parts: DeadFlowsParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.membership.onChange(({ change, member }) => {
      if (change === 'joined') this.#joined(member);
      else if (change !== 'changed') this.#ended(member);
    });
    for (const member of parts.membership.members('edge')) this.#joined(member);
  }

  /** Resolves when nothing is done any more; what the store had no time for is left to expire. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#stop.abort();
    await this.#running;
  }

  /** Whatever an edge of this name had before it started is gone. */
  #joined({ tier, id, startedMs }: Member): void {
    if (tier === 'edge') this.#remove(id, firstConnection(startedMs));
  }

  /** Its next life may be there already, with connections that live. */
  #ended({ tier, id, startedMs }: Member): void {
    const end = Math.max(startedMs + tolerance / 2, this.#parts.now() - tolerance);
    if (tier === 'edge') this.#remove(id, firstConnection(end));
  }

  #remove(edge: string, before: number): void {
    this.#gone.set(edge, Math.max(before, this.#gone.get(edge) ?? 0));
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
    });
  }

  async #work(): Promise<void> {
    for (let [next] = this.#gone; next && !this.#stop.signal.aborted; [next] = this.#gone) {
      const [edge, before] = next;
      const done = await this.#tell(edge, before);
      // More may have ended in the meantime.
      if (done && this.#gone.get(edge) === before) this.#gone.delete(edge);
      if (!done) await delay(retryInterval, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  async #tell(edge: string, before: number): Promise<boolean> {
    const { location, log, now } = this.#parts;
    try {
      await location.edgeEnded(edge, before, now());
      return true;
    } catch (err) {
      log.warn(
        { err, edge },
        'registrations over the connections of an edge that is gone were not removed yet',
      );
      return false;
    }
  }
}
