import type { BusMessage, SubscribeOptions } from './bus.ts';
import { checkName, checkPattern, isWild, matches } from './subject.ts';

export interface Subscriber {
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly handler: (message: BusMessage) => void;
  /** Messages that wait for it. */
  pending: number;
  /** Whether something was dropped since its queue was empty. */
  overflowing: boolean;
  active: boolean;
}

/** Throws `bus-name-invalid`. */
export function subscriber(
  pattern: string,
  handler: Subscriber['handler'],
  { queue }: SubscribeOptions,
): Subscriber {
  checkPattern(pattern);
  if (queue !== undefined) checkName('queue', queue);
  return { pattern, queue, handler, pending: 0, overflowing: false, active: true };
}

/** Who has subscribed. Subjects without wildcards are found by name, patterns one by one. */
export class Subscribers {
  readonly #literal = new Map<string, Set<Subscriber>>();
  /** With the tokens of each pattern. */
  readonly #wild = new Map<Subscriber, readonly string[]>();

  add(subscriber: Subscriber): void {
    const { pattern } = subscriber;
    if (isWild(pattern)) {
      this.#wild.set(subscriber, pattern.split('.'));
      return;
    }
    const sharers = this.#literal.get(pattern);
    if (sharers) sharers.add(subscriber);
    else this.#literal.set(pattern, new Set([subscriber]));
  }

  remove(subscriber: Subscriber): void {
    this.#wild.delete(subscriber);
    const sharers = this.#literal.get(subscriber.pattern);
    sharers?.delete(subscriber);
    if (sharers?.size === 0) this.#literal.delete(subscriber.pattern);
  }

  /** Who gets a message: everyone whose pattern matches, but of each queue only one, by chance. */
  recipients(subject: string): Subscriber[] {
    const matching = this.#matching(subject);
    if (matching.every(({ queue }) => queue === undefined)) return matching;
    const queues = Map.groupBy(matching, ({ queue }) => queue);
    const alone = queues.get(undefined) ?? [];
    queues.delete(undefined);
    const chosen = Array.from(
      queues.values(),
      (members) => members[Math.floor(Math.random() * members.length)]!,
    );
    return [...alone, ...chosen];
  }

  #matching(subject: string): Subscriber[] {
    const found = [...(this.#literal.get(subject) ?? [])];
    if (this.#wild.size === 0) return found;
    const tokens = subject.split('.');
    for (const [subscriber, pattern] of this.#wild) if (matches(pattern, tokens)) found.push(subscriber);
    return found;
  }
}
