import type { EventEmitter } from 'node:events';
import type { Flow, Receiver } from './transport.ts';

/** A connection of a phone. */
interface Connection extends Flow {
  /** Sends what waits and closes; settles when the system has it back. */
  end(): Promise<unknown>;
}

/** The connections of a phone, until each has ended. */
export class Connections<Kind extends Connection> {
  readonly #all = new Set<Kind>();
  readonly #receiver: Receiver;
  #toProxy: Kind | undefined;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  /** The one to the proxy; `connect` makes it when there is none. */
  toProxy(connect: () => Kind): Kind {
    this.#toProxy ??= connect();
    return this.#toProxy;
  }

  /** `socket` is its own, and tells `error` and `close`. */
  add(connection: Kind, socket: EventEmitter): Kind {
    this.#all.add(connection);
    let reason = new Error('the connection was closed');
    socket.on('error', (error) => {
      reason = error;
    });
    socket.once('close', () => {
      this.#all.delete(connection);
      if (this.#toProxy === connection) this.#toProxy = undefined;
      this.#receiver.lost(connection, reason);
    });
    return connection;
  }

  async end(): Promise<void> {
    await Promise.all(Array.from(this.#all, (connection) => connection.end()));
  }
}
