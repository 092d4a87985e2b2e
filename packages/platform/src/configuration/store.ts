import { Fault } from '@tandem/sip';
import type { Etcd } from '../etcd/etcd.ts';
import { commit, get, type Listing, list, type Write } from '../etcd/store.ts';
import { configurationContended } from '../faults.ts';
import { configurationPrefix, guardKey } from './stored.ts';

/** All that was stored at one moment, to be changed on that condition. */
export interface StoredConfiguration extends Listing {
  /** When somebody changed it last through here. */
  readonly guarded: number;
}

/** etcd takes 128 operations at once, unless it is told otherwise, and the guard is one. */
const maxWrites = 127;
/** It takes 1.5 MiB at once; in UTF-16 units of text, of which each may need three octets. */
const maxText = 400_000;

/** The configuration in etcd, for those who change it. */
export class ConfigurationStore {
  readonly #etcd: Etcd;

  constructor(etcd: Etcd) {
    this.#etcd = etcd;
  }

  async read(): Promise<StoredConfiguration> {
    // The guard first: whoever changes something in between makes it old.
    const guarded = (await get(this.#etcd, guardKey))?.revision ?? 0;
    return { ...(await list(this.#etcd, configurationPrefix)), guarded };
  }

  /**
   * Makes all changes if nothing was changed since it was read; returns how many transactions it took, or 0 when
   * something was. Rejects with `configuration-contended` when that was so in between two transactions.
   */
  async write(seen: StoredConfiguration, writes: readonly Write[]): Promise<number> {
    const batches = batchesOf(writes);
    let { guarded, revision } = seen;
    for (const [index, batch] of batches.entries()) {
      const guards = [
        { key: guardKey, revision: guarded },
        { prefix: configurationPrefix, notSince: revision },
      ];
      const written = await commit(this.#etcd, guards, [
        ...batch,
        { key: guardKey, value: new Date().toISOString() },
      ]);
      if (written === undefined && index === 0) return 0;
      if (written === undefined) {
        const detail = `${index} of ${batches.length} transactions were made, the others were not`;
        throw new Fault(configurationContended, detail);
      }
      guarded = revision = written;
    }
    return batches.length;
  }
}

function batchesOf(writes: readonly Write[]): Write[][] {
  const batches: Write[][] = [];
  let size = 0;
  for (const write of writes) {
    const length = write.key.length + (write.value?.length ?? 0);
    const last = batches.at(-1);
    if (last && last.length < maxWrites && size + length <= maxText) {
      last.push(write);
      size += length;
    } else {
      batches.push([write]);
      size = length;
    }
  }
  return batches;
}
