import type { edge } from '@tandem/contract';
import type { Trunk } from '@tandem/resource';
import { optionsTo } from './options.ts';
import type { RegistrationTarget } from './target.ts';

/** What is known of the way back: of the last OPTIONS that a registrar was sent for ourselves. Times in ms since 1970. */
export interface Delivery {
  readonly at: number;
  /** How often in a row the registrar has said that it does not reach us. */
  readonly failures: number;
  /** What came back. */
  readonly said: string;
  readonly dueAt: number;
}

/** Milliseconds from being registered to the first one: calls and OPTIONS of the provider itself mostly come before. */
export const firstDelivery = 60_000;
/** Milliseconds to the next one: when we were not reached, and when nothing can be said. */
const soon = 20_000;
const late = 15 * 60_000;
/** Milliseconds that it may take. */
const patience = 4_000;
/** What a proxy answers whose request has not arrived: RFC 3261 §16.7, §21.4.9, §21.4.18, §21.5.5; RFC 5626 §11. */
const undelivered: readonly number[] = [408, 410, 430, 480, 504];

/** An OPTIONS to our own address of record: a registrar that passes it on shows that calls would arrive, and rings nobody. */
export function deliveryRequest(trunk: Trunk, { aor, registrar, route }: RegistrationTarget): edge.Ask {
  return { ...optionsTo(trunk, aor, patience), route: route.length > 0 ? [...route] : [`<${registrar};lr>`] };
}

/** What is known after one: that it was answered shows nothing, since many registrars answer it themselves. */
export function delivered(before: Delivery | undefined, answer: edge.Answer, now: number): Delivery {
  const { reason, status } = answer;
  const isAnswered = reason !== '';
  const isLost = isAnswered && undelivered.includes(status);
  const failures = isLost ? (before?.failures ?? 0) + 1 : 0;
  const said = isAnswered ? `${status} ${reason}` : 'nothing';
  return { at: now, failures, said, dueAt: now + (failures === 1 ? soon : late) };
}
