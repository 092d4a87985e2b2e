import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { ErrorReply } from 'redis';
import { redisTimeout, redisUnavailable } from '../faults.ts';
import type { HostPort } from '../settings/address.ts';
import { Connection, type Reply } from './connection.ts';
import { Outstanding } from './outstanding.ts';
import type { RedisAccess } from './servers.ts';

export interface LinkOptions {
  /** Where the server is now; asked again for each attempt. */
  readonly address: () => Promise<HostPort>;
  readonly access: RedisAccess;
  /** For connecting as well as for each command. */
  readonly deadlineMs: number;
  /** A replica is not connected to. */
  readonly master?: boolean;
  /** Told when the connection has come or gone, or could not be made: with the reason if it is not there. */
  readonly onState: (gone?: Fault) => void;
}

const firstPauseMs = 20;
const maxPauseMs = 1_000;
/** A connection that held for so long was a good one. */
const goodMs = 1_000;
const maxOutstanding = 20_000;

/**
 * The link to one server. It comes back by itself, for ever. Nothing waits for that: without a connection commands
 * reject at once. A server that is late with an answer is given up, and is asked nothing until it has answered on a
 * new connection.
 */
export class Link {
  /** The first attempt has succeeded or failed. */
  readonly opened: Promise<void>;
  readonly #options: LinkOptions;
  readonly #outstanding: Outstanding;
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;
  #opening: Connection | undefined;
  #connection: Connection | undefined;
  #gone: Fault = new Fault(redisUnavailable, 'not connected yet');

  constructor(options: LinkOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.opened = promise;
    this.#options = options;
    this.#outstanding = new Outstanding(options.deadlineMs, () => this.#overdue());
    this.#ended = this.#keep(resolve);
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** Rejects with an ErrorReply or a Fault. */
  async send(args: readonly string[]): Promise<Reply> {
    const connection = this.#connection;
    if (!connection) throw this.#fault();
    if (this.#outstanding.size >= maxOutstanding) {
      throw new Fault(redisUnavailable, `${maxOutstanding} commands wait for an answer`);
    }
    const call = this.#outstanding.begin();
    try {
      return await connection.send(args);
    } catch (error) {
      throw error instanceof ErrorReply ? error : this.#fault(error);
    } finally {
      this.#outstanding.end(call);
    }
  }

  /** Gives the connection up and looks for the server anew. */
  renew(why: string): void {
    this.#lose(new Fault(redisUnavailable, why));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#opening?.close();
    this.#lose(new Fault(redisUnavailable, 'closed'));
    await this.#ended;
  }

  async #keep(onOpened: () => void): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      const heldMs = await this.#connect(onOpened);
      onOpened();
      failures = heldMs > goodMs ? 0 : failures + 1;
      await pause(pauseAfter(failures), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Settles when the connection has ended or none came about; for how long it was there. */
  async #connect(onOpened: () => void): Promise<number> {
    const { address, access, deadlineMs, master, onState } = this.#options;
    try {
      this.#opening = new Connection(await address(), access, deadlineMs);
      await this.#opening.open(master);
    } catch (error) {
      this.#gone = error instanceof Fault ? error : new Fault(redisUnavailable, (error as Error).message);
      onState(this.#gone);
      return 0;
    }
    const since = performance.now();
    this.#connection = this.#opening;
    onState();
    onOpened();
    if (this.#closing.signal.aborted) this.#connection.close();
    this.#lose(await this.#opening.ended);
    return performance.now() - since;
  }

  #overdue(): void {
    this.#lose(new Fault(redisTimeout, `no answer within ${this.#options.deadlineMs} ms`));
  }

  #lose(gone: Fault): void {
    if (!this.#connection) return;
    const connection = this.#connection;
    this.#connection = undefined;
    this.#gone = gone;
    this.#outstanding.stop();
    connection.close();
    this.#options.onState(gone);
  }

  /** A fault for each, so that each has its own stack and cause. */
  #fault(cause?: unknown): Fault {
    return new Fault(this.#gone.kind, this.#gone.detail, { cause });
  }
}

function pauseAfter(failures: number): number {
  return Math.min(firstPauseMs * 2 ** failures, maxPauseMs) * (0.75 + Math.random() / 4);
}
