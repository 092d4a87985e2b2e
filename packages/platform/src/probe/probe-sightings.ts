/** A packet of a probe, as a node of ours has seen it. */
export interface Sighting {
  /** Our port. */
  readonly port: number;
  /** Where it came from. */
  readonly host: string;
  readonly sourcePort: number;
}

/** Milliseconds for which a probe is looked out for. */
export const probeTime = 10_000;
const maxProbes = 8;
const maxSightings = 64;

/** The probes that somebody who may has announced, by their tokens, and what has been seen of each. Holds no clock. */
export class ProbeSightings {
  readonly #probes = new Map<string, { readonly until: number; readonly seen: Sighting[] }>();

  /** Whether there is anything to look out for. */
  get isIdle(): boolean {
    return this.#probes.size === 0;
  }

  /** Looks out for a token from now on; the oldest probe makes room. */
  begin(token: string, now: number): void {
    for (const [known, { until }] of this.#probes) if (until <= now) this.#probes.delete(known);
    const [oldest] = this.#probes.keys();
    if (this.#probes.size >= maxProbes && oldest !== undefined) this.#probes.delete(oldest);
    this.#probes.set(token, { until: now + probeTime, seen: [] });
  }

  /** Notes a packet; whether it may be answered. */
  saw(token: string, sighting: Sighting, now: number): boolean {
    const probe = this.#probes.get(token);
    if (!probe || probe.until <= now || probe.seen.length >= maxSightings) return false;
    probe.seen.push(sighting);
    return true;
  }

  of(token: string): readonly Sighting[] {
    return this.#probes.get(token)?.seen ?? [];
  }
}
