import { RepublishHeaders } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';
import type { Subscriber } from '../subscribers.ts';
import { told } from './stream.ts';

/** Hands an event to the subscriber. */
type Deliver = (subject: string, payload: Uint8Array) => void;

/**
 * The events of one subscriber, each once and in order, those included that were told while nobody listened here.
 * Until they are read from the stream, what is told is held back.
 */
export class Feed {
  readonly subscriber: Subscriber;
  readonly #deliver: Deliver;
  readonly #maxHeld: number;
  /** Sequence of the last event that this subscriber has, or does not want; undefined as long as nobody knows. */
  #last: number | undefined;
  #behind = false;
  /** Everything up to here is to be read from the stream. */
  #goal = 0;
  #held: Msg[] = [];

  constructor(subscriber: Subscriber, deliver: Deliver, maxHeld: number) {
    this.subscriber = subscriber;
    this.#deliver = deliver;
    this.#maxHeld = maxHeld;
  }

  get last(): number {
    return this.#last ?? 0;
  }

  /** Whether there may be events to be read from the stream. */
  get behind(): boolean {
    return this.#behind && this.subscriber.active;
  }

  /** Nothing is told any more. */
  interrupt(): void {
    this.#behind = this.#last !== undefined;
    this.#held = [];
  }

  /** The stream has begun anew. */
  restart(): void {
    this.#last = this.#behind ? 0 : undefined;
    this.#goal = 0;
  }

  /** What the stream's last event is, after which this feed has begun at the latest. */
  know(sequence: number): void {
    this.#last ??= sequence;
    this.#goal = Math.max(this.#goal, sequence);
  }

  /** Takes what is told. */
  tell(message: Msg): void {
    if (this.#behind) this.#hold(message);
    else this.#take(message);
  }

  /** Takes what was read from the stream. */
  read(sequence: number, subject: string, payload: Uint8Array): void {
    this.#last = sequence;
    this.#deliver(subject, payload);
  }

  /** How far it has to be read. */
  get goal(): number {
    return this.#goal;
  }

  /** It was read up to there; there may be more by now. */
  reached(goal: number): void {
    this.#last = Math.max(this.last, goal);
    if (this.#goal <= this.#last) this.release();
  }

  /** Goes on with what is told. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    this.#behind = false;
    for (const message of held) if (sequenceOf(message) > this.last) this.#take(message);
  }

  #take(message: Msg): void {
    this.read(sequenceOf(message), message.subject.slice(told.length), message.data);
  }

  #hold(message: Msg): void {
    if (this.#held.push(message) <= this.#maxHeld) return;
    // They are in the stream as well.
    this.#goal = sequenceOf(message);
    this.#held = [];
  }
}

function sequenceOf({ headers }: Msg): number {
  return Number(headers?.get(RepublishHeaders.Sequence));
}
