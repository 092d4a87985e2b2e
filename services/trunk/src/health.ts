import type { ProbeSpec } from '@tandem/resource';

/** What is known of one contact of a trunk, from OPTIONS. Times in milliseconds since 1970. */
export interface ContactHealth {
  readonly uri: string;
  /** `down` takes it out of service (an open circuit); one answer shows that it may be back (half open). */
  readonly state: 'unknown' | 'up' | 'down';
  /** Since when. */
  readonly since: number;
  /** In a row. */
  readonly failures: number;
  readonly successes: number;
  readonly dueAt: number;
  /** Of the last answer. */
  readonly latency?: number;
  /** When it was there last. */
  readonly answeredAt?: number;
  /** What came back last. */
  readonly last?: string;
}

/** What came of one OPTIONS. */
export interface ProbeResult {
  readonly at: number;
  readonly isAlive: boolean;
  readonly latency: number;
  readonly said: string;
}

export function newHealth(uri: string, now: number): ContactHealth {
  return { uri, state: 'unknown', since: now, failures: 0, successes: 0, dueAt: now };
}

/** Milliseconds that a contact may take: two in a row, one at once after the other, are over within two intervals. */
export function probePatience({ interval }: ProbeSpec): number {
  return Math.min(4_000, interval * 500);
}

/** The health after a probe. Where it changes nothing yet, the next one comes at once. */
export function probed(health: ContactHealth, result: ProbeResult, spec: ProbeSpec): ContactHealth {
  const { at, isAlive, latency, said } = result;
  const failures = isAlive ? 0 : health.failures + 1;
  const successes = isAlive ? health.successes + 1 : 0;
  const state = stateAfter(health, failures, successes, spec);
  const isInDoubt = (isAlive && state !== 'up') || (!isAlive && state !== 'down');
  return {
    uri: health.uri,
    ...{ state, failures, successes, last: said },
    since: state === health.state ? health.since : at,
    dueAt: isInDoubt ? at : at + spec.interval * 1_000,
    ...(isAlive
      ? { latency, answeredAt: at }
      : health.answeredAt !== undefined && { answeredAt: health.answeredAt }),
  };
}

function stateAfter(
  { state }: ContactHealth,
  failures: number,
  successes: number,
  spec: ProbeSpec,
): ContactHealth['state'] {
  if (failures >= spec.failures) return 'down';
  if (successes >= spec.successes) return 'up';
  // What was never seen to fail often enough is in service.
  return state === 'unknown' && successes > 0 ? 'up' : state;
}

/** Who answers anything is there; 503 says that it takes no work (RFC 3261 §21.5.4). */
export function isAlive(status: number, reason: string): boolean {
  return reason !== '' && status !== 503;
}
