import type { Expectation } from './expectation.ts';
import type { Leg } from './leg.ts';
import type { Resident } from './occupancy.ts';
import type { PortPair } from './port-pair.ts';

/** What is left of a leg: the sources whose late packets must not reach another call. */
export interface Ended extends Resident {
  readonly pair: PortPair;
  expectations: readonly Expectation[];
  readonly endedAt: number;
  /** Undefined until one came. */
  lastPacket: number | undefined;
}

const quietMs = 30_000;
const unheardMs = 2000;
const longestMs = 600_000;

/** Keeps the sources of legs that have ended silent until they are quiet. */
export class Quarantine {
  readonly #ended = new Set<Ended>();

  get size(): number {
    return this.#ended.size;
  }

  /** Takes in a leg that ends now; `lastPacket` is undefined when none came. */
  add({ pair, expectations }: Leg, lastPacket: number | undefined, now: number): void {
    const ended: Ended = { pair, expectations, endedAt: now, lastPacket };
    this.#ended.add(ended);
    pair.ended.add(ended);
  }

  /** Lets out what has been quiet for long enough; the pairs that it was at. */
  tick(now: number): PortPair[] {
    const over = [...this.#ended].filter((ended) => now >= endOf(ended));
    for (const ended of over) {
      this.#ended.delete(ended);
      ended.pair.ended.remove(ended);
    }
    return over.map(({ pair }) => pair);
  }
}

function endOf({ endedAt, lastPacket }: Ended): number {
  const quiet = lastPacket === undefined ? 0 : lastPacket + quietMs;
  return Math.min(endedAt + longestMs, Math.max(endedAt + unheardMs, quiet));
}
