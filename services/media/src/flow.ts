import type { media } from '@tandem/contract';
import type { Counters } from './counters.ts';
import type { Leg } from './leg.ts';
import { type Session, statisticsOf } from './session.ts';

/** Milliseconds after both sides have said where they are, in which each is heard. */
const grace = 6_000;
/** Milliseconds until what nobody took for final is looked at again. */
const pause = 2_000;

/** What is known of the way that packets take: it is open, or it is to be looked at later, or a side is not heard. */
export type Flow = 'open' | 'later' | media.OneWay;

/** Looks whether each side has been heard that should send. */
export function flowOf(session: Session, counters: Counters, now: number): Flow {
  const { streams } = session;
  const callers = streams.map(({ caller }) => caller);
  const callees = streams.map(({ callee }) => callee);
  if (!isDescribed(callers) || !isDescribed(callees)) return 'later';
  const [awaitsCaller, awaitsCallee] = [isAwaited(callers), isAwaited(callees)];
  const isOpen =
    (!awaitsCaller || isHeard(callers, counters)) && (!awaitsCallee || isHeard(callees, counters));
  if (isOpen) return 'open';
  const { describedAt, heardBy } = session;
  if (now < Math.max(describedAt + grace, heardBy)) return 'later';
  session.heardBy = now + pause;
  const seconds = Math.floor((now - describedAt) / 1_000);
  return { seconds, ...statisticsOf(session, counters), awaitsCaller, awaitsCallee };
}

function isDescribed(legs: readonly Leg[]): boolean {
  return legs.some(({ described }) => described);
}

function isAwaited(legs: readonly Leg[]): boolean {
  return legs.some(({ described, signalled, silent }) => described && signalled !== undefined && !silent);
}

function isHeard(legs: readonly Leg[], { packets }: Counters): boolean {
  return legs.some(({ slot }) => packets[slot]! > 0);
}
