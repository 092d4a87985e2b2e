import { formatHostPort, type HostPortRange } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { Counters } from './counters.ts';
import type { Expectation } from './expectation.ts';
import { mediaExhausted, mediaPortsTaken } from './faults.ts';
import { Leg } from './leg.ts';
import type { PortPair } from './port-pair.ts';
import { PortPool } from './port-pool.ts';
import { Quarantine } from './quarantine.ts';

/** Opens the pair of an RTP port. Rejects with the system's error. */
export type OpenPair = (port: number, shared: boolean) => Promise<PortPair>;

const openAttempts = 16;

/** Finds legs a place among the port pairs, opens pairs when there are too few, and closes them when they are idle. */
export class Placement {
  /** Legs that found no place. */
  exhausted = 0;
  readonly #range: HostPortRange;
  readonly #openPair: OpenPair;
  readonly #rows: Counters;
  readonly #pool: PortPool;
  readonly #quarantine = new Quarantine();
  readonly #pairs = new Set<PortPair>();

  constructor(range: HostPortRange, openPair: OpenPair, rows: Counters) {
    this.#range = range;
    this.#openPair = openPair;
    this.#rows = rows;
    this.#pool = new PortPool(rtpPorts(range));
  }

  get pairsOpen(): number {
    return this.#pairs.size;
  }

  /** Pairs that serve a leg, or wait for a former one to be quiet. */
  get pairsUsed(): number {
    let used = 0;
    for (const pair of this.#pairs) if (!pair.vacant) used++;
    return used;
  }

  /** The share of the pairs that serve one leg at a time which cannot be given to another leg now. */
  get occupancy(): number {
    const { elsewhere, shared, size } = this.#pool;
    let used = elsewhere;
    for (const pair of this.#pairs) if (!pair.shared && !pair.vacant) used++;
    return size > shared ? Math.min(1, used / (size - shared)) : 0;
  }

  /** Sources of ended legs that are kept silent. */
  get quarantined(): number {
    return this.#quarantine.size;
  }

  /** Opens the pairs that legs share: the first of the range that nobody else has. Rejects with `media-ports-taken`. */
  async openShared(count: number, now: number): Promise<void> {
    while (this.#pairs.size < count) {
      const port = this.#pool.takeClosed(now);
      if (port === undefined) throw this.#tooFew(count);
      try {
        this.#pool.share(await this.#opened(port, true));
      } catch (error) {
        if (!isTaken(error)) throw this.#tooFew(count, error);
        this.#pool.taken(port, now);
      }
    }
  }

  /** A leg at a pair where it cannot be taken for another. Rejects with `media-exhausted`. */
  async place(sources: readonly number[], expectations: readonly Expectation[], now: number): Promise<Leg> {
    const slot = this.#rows.open(now);
    if (slot === undefined) throw this.#full('all rows of counters are in use');
    try {
      const pair = this.#pool.find(expectations) ?? this.#pool.takeFree() ?? (await this.#openOwn(now));
      return new Leg(pair, slot, sources, expectations);
    } catch (error) {
      this.#rows.close(slot);
      throw error;
    }
  }

  /** Ends a leg; its sources stay silent for a while. */
  leave(leg: Leg, now: number): void {
    const heard = this.#rows.heard[leg.slot]! > 0;
    this.#quarantine.add(leg, heard ? this.#rows.heardAt[leg.slot] : undefined, now);
    leg.leave();
    this.#rows.close(leg.slot);
  }

  /** Lets time pass. */
  tick(now: number): void {
    for (const pair of this.#quarantine.tick(now)) this.#pool.release(pair, now);
    for (const pair of this.#pool.takeIdle(now)) {
      this.#pairs.delete(pair);
      void pair.close().then(() => this.#pool.closed(pair));
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pairs].map((pair) => pair.close()));
  }

  async #openOwn(now: number): Promise<PortPair> {
    for (let attempt = 0; attempt < openAttempts; attempt++) {
      const port = this.#pool.takeClosed(now);
      if (port === undefined) break;
      try {
        return await this.#opened(port, false);
      } catch (error) {
        this.#pool.taken(port, now);
        if (!isTaken(error)) throw this.#full(String(error), error);
      }
    }
    throw this.#full(`${this.#pairs.size} port pairs of ${describeRange(this.#range)} are in use`);
  }

  async #opened(port: number, shared: boolean): Promise<PortPair> {
    const pair = await this.#openPair(port, shared);
    this.#pairs.add(pair);
    return pair;
  }

  #full(detail: string, cause?: unknown): Fault {
    this.exhausted++;
    return new Fault(mediaExhausted, detail, { cause });
  }

  #tooFew(count: number, cause?: unknown): Fault {
    const detail = `${describeRange(this.#range)}: ${this.#pairs.size} of ${count} port pairs could be opened`;
    return new Fault(mediaPortsTaken, cause instanceof Error ? `${detail}: ${cause.message}` : detail, {
      cause,
    });
  }
}

/** The even ports of a range whose next port is in it as well (RFC 3550 §11). */
function rtpPorts({ from, to }: HostPortRange): number[] {
  const lowest = from + (from % 2);
  return Array.from({ length: Math.max(0, (to - lowest + 1) >> 1) }, (_, index) => lowest + 2 * index);
}

function describeRange({ host, from, to }: HostPortRange): string {
  return `${formatHostPort({ host, port: from })}-${to}`;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
