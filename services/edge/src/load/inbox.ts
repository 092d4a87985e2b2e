import type { Admission } from '../admission.ts';
import type { Flow } from '../socket/flow.ts';
import { type Lane, lanes } from './lane.ts';
import { Queue } from './queue.ts';

/** Milliseconds that are worked without a look at what else has arrived: what is not read here fills the kernel's buffer. */
const slice = 3;
/**
 * Milliseconds before each slice, at most, in which what is late is refused. Each is quickly done, and who is not told
 * asks again: the more wait to be told, the more there is to read.
 */
const refusing = 10;
/** Milliseconds of being behind after which that is no burst any more. */
const patience = 3_000;
/**
 * Milliseconds that something new may wait. In a burst all of it is done, if late. When there is more than can be done
 * for a while, who waits longer would only send again (T1 is 500 ms): a caller is better told at once. A registration
 * may wait: it costs a tenth of a call, and a phone that loses it is not reached any more.
 */
const burst = 2_000;
const waits: Readonly<Record<Exclude<Lane, 'first'>, number>> = {
  answering: 1_000,
  registration: 1_000,
  call: 200,
  probe: 200,
};
/** Octets that may wait. More is not taken: it would wait too long to be of any use. */
const room = 32 * 1024 * 1024;

/** So many datagrams an event loop reads at once (libuv): when it has, there may be more. */
const reading = 32;
/** How often it is asked for more before anything is served. */
const readings = 64;

/** A message, and when it came. */
export interface Arrival {
  readonly text: string;
  readonly flow: Flow;
  readonly at: number;
  /** What it says, once somebody has looked. */
  admission?: Admission;
}

export interface InboxParts {
  /** Whether anything is refused for being late. */
  readonly sheds: boolean;
  /** In milliseconds, never going back. */
  readonly now: () => number;
  /** Calls when the event loop has read what there was to read. */
  readonly soon: (turn: () => void) => void;
  /** Calls when what was served last has done all that it can do now. */
  readonly after: (step: () => void) => void;
  /** Must not throw. */
  readonly lane: (arrival: Arrival) => Lane;
  /** Must not throw. What is late is refused, unless it goes on with something. */
  readonly serve: (arrival: Arrival, isLate: boolean) => void;
  /** There was no room for it. */
  readonly drop: (arrival: Arrival) => void;
}

/**
 * What has arrived and was not looked at yet. As long as the edge keeps up, all of it is served in turn. When it does
 * not, the kernel would hand everything over late, in order, and then lose the next message whatever it is. So it is
 * read at once, and who waits is chosen here: what goes on, and calls for help, go first; what is new has the time that
 * is left, and is refused where that is too late.
 */
export class Inbox {
  readonly #parts: InboxParts;
  #arrivals = new Queue<Arrival>();
  readonly #lanes = new Map(lanes.map((lane) => [lane, new Queue<Arrival>()]));
  /** Messages of a connection that wait. */
  readonly #connections = new Map<number, number>();
  #isAwaited = false;
  #octets = 0;
  /** Messages since the last look, and how often in a row there was more to read. */
  #read = 0;
  #readings = 0;
  /** When this slice ends. */
  #until = 0;
  #isBehind = false;
  /** Milliseconds for which it was behind lately: they grow while it is, and go back while it is not. */
  #behindMs = 0;
  #lookedAt = 0;
  /** What waits to begin something: who sends it again is not asking twice. */
  readonly #waiting = new Set<string>();

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** Whether more has come than could be done so far. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  put(text: string, flow: Flow): void {
    const arrival: Arrival = { text, flow, at: this.#parts.now() };
    if (this.#octets + text.length > room) {
      this.#parts.drop(arrival);
      return;
    }
    this.#octets += text.length;
    this.#read++;
    if (flow.reliable)
      this.#connections.set(flow.connection, (this.#connections.get(flow.connection) ?? 0) + 1);
    this.#arrivals.put(arrival);
    this.#await();
  }

  /** Serves what has come over a connection: it is about to end. */
  settle({ connection }: Flow): void {
    if (!this.#connections.has(connection)) return;
    const queues = [...this.#lanes.values(), this.#arrivals];
    const isOfIt = ({ flow }: Arrival): boolean => flow.connection === connection;
    for (const arrival of queues.flatMap((queue) => queue.pick(isOfIt)).toSorted(byTime))
      this.#serve(arrival);
  }

  #await(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#parts.soon(this.#turn);
  }

  readonly #turn = (): void => {
    if (this.#mayReadMore()) {
      this.#parts.soon(this.#turn);
      return;
    }
    if (this.isBehind) {
      this.#sort();
      this.#refuse(this.#parts.now());
    }
    this.#until = this.#parts.now() + slice;
    this.#step();
  };

  /** What is still in the kernel is not known, and may be what goes first. */
  #mayReadMore(): boolean {
    const isFull = this.#read >= reading && this.#readings < readings;
    this.#readings = isFull ? this.#readings + 1 : 0;
    this.#read = 0;
    return isFull;
  }

  /** One at a time: what a message sets off counts as well, and runs when this has returned. */
  readonly #step = (): void => {
    const next = this.#next();
    if (next) {
      this.#serve(next);
      this.#parts.after(this.#step);
      return;
    }
    this.#isAwaited = false;
    this.#look(this.#parts.now());
    if (this.#isBehind) this.#await();
  };

  #look(now: number): void {
    const elapsed = now - this.#lookedAt;
    const behindMs = this.#behindMs + (this.#isBehind ? elapsed : -elapsed);
    this.#behindMs = Math.min(patience, Math.max(0, behindMs));
    this.#lookedAt = now;
    this.#isBehind = this.#octets > 0;
  }

  /** Who is served next in this slice. */
  #next(): Arrival | undefined {
    if (this.#parts.now() >= this.#until) return undefined;
    if (!this.isBehind) return this.#arrivals.take();
    for (const lane of this.#lanes.values()) if (lane.size > 0) return lane.take();
    return undefined;
  }

  #sort(): void {
    for (let next = this.#arrivals.take(); next; next = this.#arrivals.take()) {
      if (this.#waiting.has(next.text)) this.#forget(next);
      else this.#line(next);
    }
  }

  #line(arrival: Arrival): void {
    const lane = this.#parts.lane(arrival);
    if (lane !== 'first') this.#waiting.add(arrival.text);
    this.#lanes.get(lane)!.put(arrival);
  }

  #refuse(now: number): void {
    if (!this.#parts.sheds) return;
    const isBurst = this.#behindMs < patience;
    const until = now + refusing;
    for (const lane of lanes) {
      if (lane === 'first') continue;
      const queue = this.#lanes.get(lane)!;
      const since = now - (isBurst ? burst : waits[lane]);
      while (queue.first && queue.first.at < since && this.#parts.now() < until)
        this.#serve(queue.take()!, true);
    }
  }

  #serve(arrival: Arrival, isLate = false): void {
    this.#forget(arrival);
    this.#waiting.delete(arrival.text);
    this.#parts.serve(arrival, isLate);
  }

  #forget({ text, flow }: Arrival): void {
    this.#octets -= text.length;
    if (flow.reliable) this.#left(flow.connection);
  }

  #left(connection: number): void {
    const left = this.#connections.get(connection)! - 1;
    if (left === 0) this.#connections.delete(connection);
    else this.#connections.set(connection, left);
  }
}

function byTime(one: Arrival, other: Arrival): number {
  return one.at - other.at;
}
