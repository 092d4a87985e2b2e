import { type Bus, type BusMessage, type Log, type Subscription, subjectToken } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { CallEnd } from '../records/ended.ts';

/** What one edge asks of another. */
export interface EdgeRequests {
  /** Others look after these calls from now on, or have ended them. */
  gone(calls: readonly string[]): void;
  /** Ends a call when this edge looks after it; false when it does not. */
  end(call: string, end: CallEnd): Promise<boolean>;
  /** Looks after calls that another one gives away. */
  take(from: string, calls: readonly string[]): Promise<void>;
}

/** Milliseconds that an edge may take for an answer. */
const deadline = 2_000;
const nothing = new Uint8Array();

/** What edges tell each other over the bus about the calls that they look after. */
export class OtherEdges {
  readonly #bus: Bus;
  readonly #region: string;
  readonly #node: string;
  readonly #log: Log;

  constructor(bus: Bus, region: string, node: string, log: Log) {
    this.#bus = bus;
    this.#region = region;
    this.#node = node;
    this.#log = log;
  }

  /** Tells the edge that had them that it has these calls no longer. */
  gone(edge: string, calls: readonly string[]): void {
    if (calls.length > 0) this.#bus.publish(this.#own(edge, 'gone'), write(calls));
  }

  /** Asks the edge that looks after a call, whichever that is, to end it; false when none answers. */
  end(call: string, end: CallEnd): Promise<boolean> {
    return this.#ask(this.#any('end'), { call, end });
  }

  /** Gives calls of this edge to another one; false when that does not answer. */
  give(edge: string, calls: readonly string[]): Promise<boolean> {
    return this.#ask(this.#own(edge, 'take'), { from: this.#node, calls });
  }

  serve(requests: EdgeRequests): Subscription {
    const subscriptions = [
      this.#bus.subscribe(this.#own(this.#node, 'gone'), (message) => requests.gone(read(message))),
      this.#bus.subscribe(this.#any('end'), (message) => this.#serve(this.#end(requests, message))),
      this.#bus.subscribe(this.#own(this.#node, 'take'), (message) =>
        this.#serve(this.#take(requests, message)),
      ),
    ];
    return {
      unsubscribe: () => {
        for (const subscription of subscriptions) subscription.unsubscribe();
      },
    };
  }

  /** Without an answer the other edge goes on as if nobody were here. */
  #serve(work: Promise<void>): void {
    work.catch((err: unknown) => this.#log.warn({ err }, 'what another edge asked could not be done'));
  }

  async #end(requests: EdgeRequests, message: BusMessage): Promise<void> {
    const { call, end } = read<{ call: string; end: CallEnd }>(message);
    if (await requests.end(call, end)) message.respond(nothing);
  }

  async #take(requests: EdgeRequests, message: BusMessage): Promise<void> {
    const { from, calls } = read<{ from: string; calls: readonly string[] }>(message);
    await requests.take(from, calls);
    message.respond(nothing);
  }

  async #ask(subject: string, question: object): Promise<boolean> {
    try {
      await this.#bus.request(subject, write(question), { timeoutMs: deadline });
      return true;
    } catch (error) {
      if (error instanceof Fault) return false;
      throw error;
    }
  }

  #own(edge: string, name: string): string {
    return `tandem.${this.#region}.edge.${subjectToken(edge)}.${name}`;
  }

  #any(name: string): string {
    return `tandem.${this.#region}.edges.${name}`;
  }
}

function write(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function read<T>({ payload }: BusMessage): T {
  return JSON.parse(Buffer.from(payload).toString()) as T;
}
