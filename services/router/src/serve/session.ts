import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { router } from '@tandem/contract';
import type { Decisions } from './decisions.ts';

/** The stream of one edge. */
export type EdgeStream = ServerDuplexStream<router.RequestBatch, router.VerdictBatch>;

/** Messages so far. */
export interface BatchTallies {
  received: number;
  sent: number;
}

/** Verdicts in one message at most: with the largest ones it stays below what the other side receives. */
const maxVerdicts = 200;

/** One edge's questions and their answers: those that are ready in one turn of the event loop share a message. */
export class Session {
  /** Settles when the stream is no more. */
  readonly closed: Promise<void>;
  readonly #stream: EdgeStream;
  readonly #decisions: Decisions;
  readonly #batches: BatchTallies;
  #verdicts: router.Verdict[] = [];
  #ended: number[] = [];
  #draining = false;
  #flushing = false;
  /** What is being decided for this edge. */
  #open = 0;
  /** The edge asks nothing more. */
  #asked = false;

  constructor(stream: EdgeStream, decisions: Decisions, batches: BatchTallies) {
    this.#stream = stream;
    this.#decisions = decisions;
    this.#batches = batches;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    stream.on('data', (batch: router.RequestBatch) => this.#take(batch));
    stream.on('end', () => {
      this.#asked = true;
      this.#endWhenAnswered();
    });
    // Whatever ends it, the edge notices by itself and asks another router.
    for (const event of ['finish', 'cancelled', 'close', 'error']) stream.on(event, () => resolve());
  }

  /** Asks the edge to ask others, and to close the stream once it has its answers. */
  drain(): void {
    this.#draining = true;
    this.#flushSoon();
  }

  #take({ requests, ended }: router.RequestBatch): void {
    this.#batches.received++;
    if (requests.length === 0 && ended.length === 0) this.#flushSoon();
    for (const request of requests) void this.#decide(request);
    for (const connection of ended) void this.#forget(connection);
  }

  async #decide(request: router.Request): Promise<void> {
    this.#open++;
    const verdict = await this.#decisions.decide(request);
    this.#open--;
    this.#verdicts.push({ ...verdict, id: request.id });
    this.#flushSoon();
  }

  async #forget(connection: router.EndedConnection): Promise<void> {
    this.#open++;
    const done = await this.#decisions.connectionEnded(connection);
    this.#open--;
    if (done) this.#ended.push(connection.id);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    const verdicts = this.#verdicts;
    const ended = this.#ended;
    this.#verdicts = [];
    this.#ended = [];
    if (!this.#stream.writable || this.#stream.cancelled) return;
    this.#write({ verdicts: verdicts.slice(0, maxVerdicts), ended, draining: this.#draining });
    for (let from = maxVerdicts; from < verdicts.length; from += maxVerdicts) {
      const more = verdicts.slice(from, from + maxVerdicts);
      this.#write({ verdicts: more, ended: [], draining: this.#draining });
    }
    this.#endWhenAnswered();
  }

  #write(batch: router.VerdictBatch): void {
    this.#batches.sent++;
    this.#stream.write(batch);
  }

  #endWhenAnswered(): void {
    if (this.#asked && this.#open === 0 && !this.#flushing) this.#stream.end();
  }
}
