import type { BusMessage } from './bus.ts';
import { isWild, matches } from './subject.ts';

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

/** Who has subscribed. Subjects without wildcards are found by name, patterns one by one. */
export class Subscribers {
  readonly #literal = new Map<string, Set<Subscriber>>();
  readonly #wild = new Set<Subscriber>();

  add(subscriber: Subscriber): void {
    if (isWild(subscriber.pattern)) {
      this.#wild.add(subscriber);
      return;
    }
    const sharers = this.#literal.get(subscriber.pattern);
    if (sharers) sharers.add(subscriber);
    else this.#literal.set(subscriber.pattern, new Set([subscriber]));
  }

  remove(subscriber: Subscriber): void {
    this.#wild.delete(subscriber);
    const sharers = this.#literal.get(subscriber.pattern);
    sharers?.delete(subscriber);
    if (sharers?.size === 0) this.#literal.delete(subscriber.pattern);
  }

  /** Who gets a message: everyone whose pattern matches, but of each queue only one, by chance. */
  recipients(subject: string): Subscriber[] {
    const alone: Subscriber[] = [];
    const queues = new Map<string, Subscriber[]>();
    for (const subscriber of this.#matching(subject)) {
      const { queue } = subscriber;
      if (queue === undefined) alone.push(subscriber);
      else queues.set(queue, [...(queues.get(queue) ?? []), subscriber]);
    }
    for (const members of queues.values()) alone.push(members[Math.floor(Math.random() * members.length)]!);
    return alone;
  }

  *#matching(subject: string): Iterable<Subscriber> {
    yield* this.#literal.get(subject) ?? [];
    for (const subscriber of this.#wild) if (matches(subscriber.pattern, subject)) yield subscriber;
  }
}
