import type { Expectation } from './expectation.ts';
import type { PortPair } from './port-pair.ts';

/** How long a number that somebody else has is left alone, in ms. */
const takenMs = 60_000;
/** How long an open pair may serve nobody, in ms. */
const idleMs = 600_000;

/** Chooses port pairs: which are shared, which are free, which are to be opened and closed. Opens none itself. */
export class PortPool {
  readonly #shared: PortPair[] = [];
  /** Not open, the next to open last. */
  readonly #closed: number[];
  /** Somebody else has them; the first to be tried again first. */
  readonly #taken: { readonly port: number; readonly until: number }[] = [];
  /** Open and serving nobody, the longest idle first. */
  readonly #free: { readonly pair: PortPair; readonly since: number }[] = [];

  /** Pairs that there could be. */
  readonly size: number;

  /** `ports` are the RTP ports of the range, in ascending order. */
  constructor(ports: readonly number[]) {
    this.#closed = ports.toReversed();
    this.size = ports.length;
  }

  /** Pairs that legs share. */
  get shared(): number {
    return this.#shared.length;
  }

  /** Pairs that somebody else has. */
  get elsewhere(): number {
    return this.#taken.length;
  }

  /** Has legs share an open pair. */
  share(pair: PortPair): void {
    this.#shared.push(pair);
  }

  /** A shared pair where a leg with these expectations is told apart from all others: the emptiest. */
  find(expectations: readonly Expectation[]): PortPair | undefined {
    // Whose packets may come from anywhere can be confused with everybody.
    if (expectations.length === 0) return undefined;
    let best: PortPair | undefined;
    for (const pair of this.#shared) {
      if (best && best.legs.size <= pair.legs.size) continue;
      if (!pair.confuses(expectations)) best = pair;
    }
    return best;
  }

  /** An open pair for one leg alone: the last that was given back, so that the others fall idle and are closed. */
  takeFree(): PortPair | undefined {
    return this.#free.pop()?.pair;
  }

  /** The number of a pair to open. */
  takeClosed(now: number): number | undefined {
    const again = this.#taken[0];
    if (again && now >= again.until) return this.#taken.shift()?.port;
    return this.#closed.pop();
  }

  /** A pair cannot be opened: it is left alone for a while. */
  taken(port: number, now: number): void {
    this.#taken.push({ port, until: now + takenMs });
  }

  /** A leg, or the quarantine of one, has left a pair. */
  release(pair: PortPair, now: number): void {
    if (!pair.shared && pair.vacant) this.#free.push({ pair, since: now });
  }

  /** Pairs that have been idle for long, to be closed. */
  takeIdle(now: number): PortPair[] {
    const busy = this.#free.findIndex(({ since }) => now - since < idleMs);
    const idle = this.#free.splice(0, busy < 0 ? this.#free.length : busy);
    return idle.map(({ pair }) => pair);
  }

  /** A pair is closed, and can be opened again. */
  closed(pair: PortPair): void {
    this.#closed.push(pair.port);
  }
}
