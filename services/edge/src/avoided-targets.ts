import type { Target } from '@tandem/sip';

/** Milliseconds for which a target that has failed is tried last. */
const avoidance = 30_000;
/** Of what a Retry-After may ask for. */
const maxAvoidance = 3_600_000;
/** Milliseconds that one request may take to find out whether a target is back; meanwhile the others avoid it. */
const trial = 5_000;
/** Targets that are remembered; those that failed first are forgotten. */
const maxTargets = 10_000;

/** Which targets have failed lately (RFC 3263 §4.3), as far as this edge knows. Time is given, in milliseconds. */
export class AvoidedTargets {
  readonly #until = new Map<string, number>();

  get size(): number {
    return this.#until.size;
  }

  /** The same targets; those that are to be avoided come last, for when there is nothing better. */
  order(targets: readonly Target[], now: number): readonly Target[] {
    if (this.#until.size === 0 || targets.length < 2) return targets;
    const good = targets.filter((target) => (this.#until.get(keyOf(target)) ?? 0) <= now);
    if (good.length === targets.length || good.length === 0) return targets;
    return [...good, ...targets.filter((target) => !good.includes(target))];
  }

  isAvoided(target: Target, now: number): boolean {
    return (this.#until.get(keyOf(target)) ?? 0) > now;
  }

  /** A request is about to try a target: if it has failed before, it is alone in that until it has an answer. */
  trying(target: Target, now: number): void {
    if (this.#until.size > 0 && this.#until.has(keyOf(target))) this.#avoid(target, now + trial);
  }

  /** `milliseconds` is what the target has asked for. */
  failed(target: Target, now: number, milliseconds: number = avoidance): void {
    this.#avoid(target, now + Math.min(milliseconds, maxAvoidance));
  }

  answered(target: Target): void {
    if (this.#until.size > 0) this.#until.delete(keyOf(target));
  }

  #avoid(target: Target, until: number): void {
    const key = keyOf(target);
    const longest = Math.max(until, this.#until.get(key) ?? 0);
    this.#until.delete(key);
    const oldest = this.#until.size < maxTargets ? undefined : this.#until.keys().next().value;
    if (oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(key, longest);
  }
}

function keyOf({ transport, address, port }: Target): string {
  return `${transport} ${address} ${port}`;
}
