import { encoded, trunk } from '@tandem/contract';
import type { Bus } from '../bus/bus.ts';
import type { Log } from '../log.ts';

export interface TrunkSightingsOptions {
  readonly bus: Bus;
  readonly region: string;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Milliseconds between two signs of the same trunk that are told: trunk nodes want to know that they come, not how many. */
const interval = 30_000;
/** Milliseconds between two signs that nobody has proven: what anybody may send is not passed on at will. */
const claimInterval = 200;
/** Trunks, and places that claims come from, that are remembered. */
const capacity = 20_000;

/** Tells trunk nodes that something has come from a trunk. */
export class TrunkSightings {
  readonly #options: TrunkSightingsOptions;
  readonly #toldAt = new Map<string, number>();
  #claimedAt = 0;

  constructor(options: TrunkSightingsOptions) {
    this.#options = options;
  }

  /** A request has come from a trunk, as has been proven; or to its Contact alone, from an address that is not its own. */
  proven(tenant: string, name: string, method: string, source: string, unlisted = false): void {
    const atMs = this.#options.now();
    if (!this.#isDue(`${tenant}/${name}${unlisted ? ' unlisted' : ''}`, atMs)) return;
    this.#tell({ tenant, trunk: name, line: '', method, source, atMs, unlisted });
  }

  /** A request that no router is asked about, to a Contact with the token `line`, or to none. Nobody has proven anything. */
  claimed(line: string, method: string, source: string): void {
    const atMs = this.#options.now();
    if (atMs - this.#claimedAt < claimInterval || !this.#isDue(`${line} ${source}`, atMs)) return;
    this.#claimedAt = atMs;
    this.#tell({ tenant: '', trunk: '', line, method, source, atMs, unlisted: false });
  }

  #isDue(key: string, now: number): boolean {
    if (now - (this.#toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < interval) return false;
    if (this.#toldAt.size >= capacity) this.#toldAt.clear();
    this.#toldAt.set(key, now);
    return true;
  }

  #tell(sighting: trunk.Sighting): void {
    const { bus, log, region } = this.#options;
    try {
      bus.publish(trunkSightings(region), encoded(trunk.Sighting, sighting));
    } catch (err) {
      log.debug({ err }, 'trunk nodes were not told of a request');
    }
  }
}

/** The subject of {@link TrunkSightings}. */
export function trunkSightings(region: string): string {
  return `tandem.${region}.trunks.sighted`;
}
