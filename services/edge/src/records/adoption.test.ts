import { type CallRecord, createLog, MemoryBus, MemoryCallStore } from '@tandem/platform';
import { beforeEach, describe, expect, it } from 'vitest';
import { OtherEdges } from '../uses/edges.ts';
import type { Members } from '../uses/workers.ts';
import { Adoption } from './adoption.ts';
import { CallRecords } from './call-records.ts';
import { HandOver } from './hand-over.ts';
import { record } from './sample.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });

/** A store whose next answers are lost, whatever it has done. */
class Store extends MemoryCallStore {
  lost = 0;

  override async list(...args: Parameters<MemoryCallStore['list']>): ReturnType<MemoryCallStore['list']> {
    return this.#answer(await super.list(...args));
  }
  override async adopt(...args: Parameters<MemoryCallStore['adopt']>): ReturnType<MemoryCallStore['adopt']> {
    return this.#answer(await super.adopt(...args));
  }
  override async change(
    ...args: Parameters<MemoryCallStore['change']>
  ): ReturnType<MemoryCallStore['change']> {
    return this.#answer(await super.change(...args));
  }

  #answer<T>(answer: T): T {
    if (this.lost-- > 0) throw new Error('the store is slow');
    return answer;
  }
}

describe('calls that the store has as those of an edge', () => {
  let store: Store;
  let adoption: Adoption;
  let handOver: HandOver;
  let adopted: string[];

  beforeEach(() => {
    store = new Store();
    adopted = [];
    const [node, now] = ['edge-1', () => 10];
    const bus = new MemoryBus({ log, now });
    const gone = (): void => {};
    const parts = {
      ...{ store, node, log, now },
      membership: { members: () => [{ id: node }], onChange: () => () => {} } as unknown as Members,
      edges: new OtherEdges(bus, 'local', node, log),
      records: new CallRecords({ store, node, log, now, gone, isAlive: async () => true }),
      adopted: ({ id }: CallRecord) => void adopted.push(id),
    };
    adoption = new Adoption(parts);
    handOver = new HandOver({ ...parts, doubt: () => adoption.doubt() });
  });

  const put = (id: string, node: string): Promise<void> => store.put(record(id, { node }), 1_000, 10);
  /** At the first look an owner may only just have come. */
  const looks = async (): Promise<void> => {
    for (let times = 0; times < 2; times++) await adoption.sweep();
  };

  it('are found at the next look when an earlier life has left them and the store was slow', async () => {
    await put('a', 'edge-1');
    store.lost = 1;
    adoption.start();
    await looks();
    adoption.stop();
    expect(adopted).toEqual(['a']);
  });

  it('are found at the next look when it has said nothing of having given them', async () => {
    await put('a', 'edge-9');
    await adoption.sweep();
    store.lost = 1;
    await adoption.sweep();
    expect(adopted).toEqual([]);
    await looks();
    expect(adopted).toEqual(['a']);
  });

  it('are found at the next look when it has said nothing of what another edge has given', async () => {
    await put('a', 'edge-2');
    store.lost = 1;
    await expect(handOver.take('edge-2', ['a'])).rejects.toThrow('slow');
    await looks();
    expect(adopted).toEqual(['a']);
  });
});
