import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Log } from '../../log.ts';
import { Complaints } from './complaints.ts';
import { greeting } from './greeting.ts';
import type { Server } from './server.ts';

export interface LinkOptions {
  readonly servers: readonly Server[];
  /** What the server shows in its list of connections. */
  readonly name: string;
  readonly log: Log;
  /** Makes a connection ready; it is used once this has resolved. */
  readonly prepare: (connection: NatsConnection) => Promise<void>;
  readonly onChange: () => void;
}

const dialTimeout = 1_000;
const longestPause = 1_000;

// A stuck server is noticed before its silence is taken for the death of other nodes, at 750 ms.
const liveness = { pingInterval: 150, maxPingOut: 2 };

/** Resolves when the server has seen all that was sent; rejects when the connection ends before. */
export async function roundTrip(connection: NatsConnection): Promise<void> {
  const ended = connection.closed().then(() => {
    throw new Error('the connection ended');
  });
  await Promise.race([connection.flush(), ended]);
}

/** A connection to any of the servers, made again whenever it is lost, for as long as it takes. */
export class Link {
  readonly #options: LinkOptions;
  readonly #complaints: Complaints;
  readonly #stopped = new AbortController();
  #connection: NatsConnection | undefined;
  /** Where the next attempt begins. */
  #next: number;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#complaints = new Complaints(options.log);
    this.#next = Math.floor(Math.random() * options.servers.length);
  }

  /** There as long as messages can be passed on. */
  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  /** Resolves when it is connected, or no server could be reached. */
  async start(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.#run(resolve);
    await promise;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#connection?.close();
  }

  async #run(attempted: () => void): Promise<void> {
    const { signal } = this.#stopped;
    for (let failures = 0; !signal.aborted; failures++) {
      const connection = await this.#connect();
      if (connection) {
        failures = 0;
        this.#change(connection);
        attempted();
        await this.#end(connection);
        this.#change(undefined);
      }
      attempted();
      // With jitter, so that not everybody comes back in the same moment.
      const ms = Math.min(longestPause, 50 * 2 ** failures) * (0.5 + Math.random() / 2);
      await pause(ms, undefined, { signal }).catch(() => undefined);
    }
  }

  async #connect(): Promise<NatsConnection | undefined> {
    const { servers } = this.#options;
    for (let tried = 0; tried < servers.length && !this.#stopped.signal.aborted; tried++) {
      const server = servers[this.#next++ % servers.length]!;
      const connection = await this.#dial(server).catch((error) => this.#fail(server, error));
      if (connection) return connection;
    }
    return undefined;
  }

  async #dial(server: Server): Promise<NatsConnection | undefined> {
    const { name, prepare } = this.#options;
    await greeting(server, dialTimeout, this.#stopped.signal);
    const connection = await connect({
      servers: [server.address],
      ...server.credentials,
      ...(server.tls && { tls: {} }),
      ...liveness,
      name,
      timeout: dialTimeout,
      reconnect: false,
      ignoreClusterUpdates: true,
      noAsyncTraces: true,
    });
    void this.#watch(connection, server);
    try {
      await prepare(connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
    if (!this.#stopped.signal.aborted) return connection;
    await connection.close();
    return undefined;
  }

  async #watch(connection: NatsConnection, server: Server): Promise<void> {
    for await (const status of connection.status()) {
      // The client would first wait until all that it has written is taken.
      if (status.type === 'staleConnection') {
        this.#fail(server, new Error('does not answer any more'));
        void connection.close();
      }
      if (status.type === 'error') this.#fail(server, status.error);
    }
  }

  async #end(connection: NatsConnection): Promise<void> {
    const { servers, log } = this.#options;
    log.info({ server: connection.getServer() }, 'connected to the bus');
    this.#complaints.settle();
    const error = await connection.closed();
    if (this.#stopped.signal.aborted) return;
    log.warn({ server: connection.getServer(), servers: servers.length, err: error }, 'the bus is away');
  }

  #fail(server: Server, error: unknown): undefined {
    if (!this.#stopped.signal.aborted) this.#complaints.add(server.address, error);
  }

  #change(connection: NatsConnection | undefined): void {
    this.#connection = connection;
    this.#options.onChange();
  }
}
