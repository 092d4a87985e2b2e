import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import type { Etcd } from '../etcd/etcd.ts';
import { KeptLease } from '../etcd/kept-lease.ts';
import { type Change, Mirror } from '../etcd/mirror.ts';
import { commit, get } from '../etcd/store.ts';
import { etcdUnavailable } from '../faults.ts';
import type { Log } from '../log.ts';
import type { Lease, Leases } from './leases.ts';

export interface EtcdLeasesOptions {
  readonly etcd: Etcd;
  readonly region: string;
  readonly log: Log;
}

/** Something that this node owns. */
interface Held extends Lease {
  readonly holder: string;
  readonly key: string;
  /** Of this taking alone. */
  readonly value: string;
  readonly loss: AbortController;
  /** Whether it was had in the end. */
  readonly taken: PromiseWithResolvers<boolean>;
  /** When it was written last: what etcd told of the time before is old. */
  revision: number;
}

/** Seconds; etcd takes up to two more to notice. With what a look at everything takes that is less than ten. */
const ttl = 5;
const retryMs = 500;

/** Leases in etcd. What etcd has forgotten is taken again, unless somebody else was faster. */
export class EtcdLeases implements Leases {
  readonly #options: EtcdLeasesOptions;
  readonly #prefix: string;
  readonly #held = new Map<string, Held>();
  readonly #lease: KeptLease;
  readonly #mirror: Mirror;
  #closed = false;

  constructor(options: EtcdLeasesOptions) {
    const { etcd, log, region } = options;
    this.#options = options;
    this.#prefix = `/tandem/${region}/owner/`;
    const onGranted = async (lease: number): Promise<void> => {
      await Promise.all(Array.from(this.#held.values(), (held) => this.#renew(held, lease)));
    };
    this.#lease = new KeptLease({ etcd, ttl, log, onGranted });
    const onChange = (changes: readonly Change[]): void => this.#review(changes);
    this.#mirror = new Mirror({ etcd, prefix: this.#prefix, log, onChange });
  }

  async tryOwn(what: string, holder: string): Promise<Lease | undefined> {
    const known = this.#held.get(what);
    if (known) return known.holder === holder && (await known.taken.promise) ? known : undefined;
    const held = this.#make(what, holder);
    // Known before it is written, so that it is not forgotten should the lease change meanwhile.
    this.#held.set(what, held);
    try {
      const isOurs = await this.#take(held, await this.#leaseId());
      if (!isOurs) this.#forget(held);
      held.taken.resolve(isOurs);
      return isOurs ? held : undefined;
    } catch (error) {
      held.taken.resolve(false);
      // It may have been written all the same.
      await this.#release(held);
      throw error;
    }
  }

  async ownerOf(what: string): Promise<string | undefined> {
    const entry = await get(this.#options.etcd, this.#prefix + what);
    return entry && holderOf(entry.value);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#held.clear();
    this.#mirror.close();
    await this.#lease.close();
  }

  #make(what: string, holder: string): Held {
    const loss = new AbortController();
    const held: Held = {
      what,
      holder,
      key: this.#prefix + what,
      value: JSON.stringify({ holder, taking: randomUUID() }),
      loss,
      taken: Promise.withResolvers<boolean>(),
      lost: loss.signal,
      revision: 0,
      release: () => this.#release(held),
    };
    return held;
  }

  /** The lease of this process; waits for the first one. */
  async #leaseId(): Promise<number> {
    await this.#options.etcd.connection(retryMs);
    for (const end = performance.now() + retryMs; this.#lease.id === undefined; await pause(10)) {
      if (performance.now() > end) throw new Fault(etcdUnavailable, 'no lease was granted yet');
    }
    return this.#lease.id;
  }

  /** Returns whether it is ours: because nobody had it, or because it was already. */
  async #take(held: Held, lease: number): Promise<boolean> {
    const { etcd } = this.#options;
    const { key, value } = held;
    const write = [{ key, value, lease }];
    const revision =
      (await commit(etcd, [{ key, revision: 0 }], write)) ?? (await commit(etcd, [{ key, value }], write));
    held.revision = revision ?? held.revision;
    return revision !== undefined;
  }

  async #renew(held: Held, lease: number): Promise<void> {
    if (!(await this.#take(held, lease))) this.#lose(held);
  }

  /** What is said of what we hold: removed, or somebody else's. */
  #review(changes: readonly Change[]): void {
    for (const { key, value, revision } of changes) {
      const held = this.#held.get(key.slice(this.#prefix.length));
      if (!held || revision <= held.revision || value === held.value) continue;
      // While it is being taken, whoever takes it finds out.
      if (held.revision === 0) continue;
      if (value === undefined) void this.#retake(held);
      else this.#lose(held);
    }
  }

  async #retake(held: Held): Promise<void> {
    const lease = this.#lease.id;
    // Without a lease there will be another one, and everything is taken again.
    if (lease === undefined) return;
    await this.#renew(held, lease).catch((error: unknown) => {
      this.#options.log.warn(
        { err: error, what: held.what },
        'what etcd has forgotten could not be taken yet',
      );
    });
  }

  #lose(held: Held): void {
    if (!this.#forget(held)) return;
    this.#options.log.warn({ what: held.what, holder: held.holder }, 'another node has taken what we owned');
    held.loss.abort();
  }

  async #release(held: Held): Promise<void> {
    if (this.#forget(held)) await this.#clear(held);
  }

  #forget(held: Held): boolean {
    return this.#held.get(held.what) === held && this.#held.delete(held.what);
  }

  /** Removes what is ours from etcd; as long as that is away, it is tried behind the caller's back. */
  async #clear(held: Held): Promise<void> {
    const { etcd } = this.#options;
    const { key, value } = held;
    const remove = () => commit(etcd, [{ key, value }], [{ key }]);
    await remove().catch(() => void this.#clearLater(remove));
  }

  async #clearLater(remove: () => Promise<unknown>): Promise<void> {
    while (!this.#closed) {
      await pause(retryMs);
      const isDone = await remove().then(
        () => true,
        () => false,
      );
      if (isDone) return;
    }
  }
}

function holderOf(value: string): string | undefined {
  try {
    return (JSON.parse(value) as { holder?: string }).holder;
  } catch {
    return undefined;
  }
}
