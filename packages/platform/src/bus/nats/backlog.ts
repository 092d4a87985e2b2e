import type { NatsConnection } from '@nats-io/transport-node';
import { roundTrip } from './link.ts';

/** Octets that may be on their way to the server, and after how many it is asked whether it has seen them. */
const limit = 8 * 1_048_576;
const step = 256 * 1_024;

/** What a server has not read yet would pile up in this process. */
export class Backlog {
  readonly #connection: NatsConnection;
  #octets = 0;
  #asking = false;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  /** Whether there is room for a message. */
  admit({ length }: Uint8Array): boolean {
    if (this.#octets + length > limit) return false;
    this.#octets += length;
    if (this.#octets >= step && !this.#asking) {
      this.#asking = true;
      // Once the message itself is on its way.
      queueMicrotask(() => void this.#ask());
    }
    return true;
  }

  async #ask(): Promise<void> {
    const asked = this.#octets;
    try {
      await roundTrip(this.#connection);
      this.#octets -= asked;
      this.#asking = false;
    } catch {
      // The connection has ended, and this with it.
    }
  }
}
