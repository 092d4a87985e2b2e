import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Etcd } from './etcd.ts';
import { grantLease, keepLeaseAlive, revokeLease } from './method.ts';

export interface KeptLeaseOptions {
  readonly etcd: Etcd;
  /** In seconds: what hangs on the lease is gone so long after this process. */
  readonly ttl: number;
  readonly log: Log;
  /** Hangs everything on a new lease: the first, and each that follows one which was lost. */
  readonly onGranted: (lease: number) => Promise<void>;
}

const retryMs = 300;
const revokeMs = 1_000;

/** A lease of etcd that is kept alive; when etcd has forgotten it, there is another one. */
export class KeptLease {
  readonly #options: KeptLeaseOptions;
  readonly #abort = new AbortController();
  readonly #running: Promise<void>;
  #id: number | undefined;

  constructor(options: KeptLeaseOptions) {
    this.#options = options;
    this.#running = this.#keep();
  }

  /** Undefined while there is none. */
  get id(): number | undefined {
    return this.#id;
  }

  /** Gives it up, and with it what hangs on it: at once when etcd is there, otherwise when it expires. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    if (this.#id === undefined || !this.#options.etcd.connected) return;
    await this.#options.etcd.call(revokeLease, { id: this.#id }, revokeMs).catch(() => undefined);
  }

  async #keep(): Promise<void> {
    const { etcd, ttl, log } = this.#options;
    const closed = this.#abort.signal;
    while (!closed.aborted) {
      try {
        await etcd.connection(retryMs);
        await (this.#id === undefined ? this.#grant() : this.#renew(this.#id));
        if (this.#id !== undefined) await this.#rest((ttl * 1_000) / 4);
      } catch (error) {
        log.debug({ err: error }, 'a lease could not be renewed');
        await this.#rest(retryMs);
      }
    }
  }

  async #rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#abort.signal }).catch(() => undefined);
  }

  async #grant(): Promise<void> {
    const { etcd, ttl, onGranted } = this.#options;
    // Of our own choice: those of etcd need 63 bits.
    const id = randomInt(1, 2 ** 48 - 1);
    await etcd.call(grantLease, { id, ttl });
    await onGranted(id);
    this.#id = id;
  }

  async #renew(id: number): Promise<void> {
    const { etcd, log } = this.#options;
    const { ttl } = await etcd.exchange(keepLeaseAlive, { id });
    if (ttl > 0) return;
    this.#id = undefined;
    log.warn({}, 'etcd has forgotten a lease, there will be another one');
  }
}
