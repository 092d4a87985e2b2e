import { type CallRecord, createLog, MemoryCallStore } from '@tandem/platform';
import { beforeEach, describe, expect, it } from 'vitest';
import { CallRecords } from './call-records.ts';
import { endOf } from './ended.ts';
import { record } from './sample.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });

/** A store that can be away, and that counts what it is asked. */
class Store extends MemoryCallStore {
  isAway = false;
  isSilent = false;
  readonly asked: string[] = [];

  override async put(...args: Parameters<MemoryCallStore['put']>): Promise<void> {
    return this.#when('put', () => super.put(...args));
  }
  override async change(...args: Parameters<MemoryCallStore['change']>): Promise<CallRecord | undefined> {
    return this.#when('change', () => super.change(...args));
  }
  override async get(...args: Parameters<MemoryCallStore['get']>): Promise<CallRecord | undefined> {
    if (this.isAway) throw new Error('away');
    return super.get(...args);
  }
  override async take(...args: Parameters<MemoryCallStore['take']>): Promise<CallRecord | undefined> {
    return this.#when('take', () => super.take(...args));
  }

  async #when<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.asked.push(name);
    if (this.isSilent) return Promise.withResolvers<T>().promise;
    if (this.isAway) throw new Error('away');
    return work();
  }
}

const end = endOf('c', 'caller', undefined, 10);

const answered = (before: CallRecord): CallRecord => ({ ...before, state: 'answered', answeredMs: 2 });

/** The dialogs of a call whose session ends then. */
function dialogOf(endsMs: number): object {
  return { caller: {}, callee: {}, timer: { interval: 3, refresher: 'caller', endsMs } };
}

describe('the records of an edge', () => {
  let store: Store;
  let records: CallRecords;
  let gone: string[];
  let isAlive: boolean;

  const open = (node: string): CallRecords =>
    new CallRecords({
      store,
      node,
      log,
      now: () => 10,
      gone: (edge, calls) => void gone.push(...calls.map((call) => `${edge} ${call}`)),
      isAlive: async () => isAlive,
    });

  const lose = async (id: string): Promise<void> => {
    await store.take(id, { node: 'nobody', end: {} }, 10);
    await store.finish(id);
  };

  beforeEach(() => {
    store = new Store();
    gone = [];
    isAlive = true;
    records = open('edge-1');
  });

  it('write nothing of a call that ends in the turn in which it began', async () => {
    records.begin(record('a'));
    records.change('a', (before) => ({ ...before, route: ['sip:b'] }));
    expect(await records.take('a', end)).toMatchObject({ id: 'a', route: ['sip:b'] });
    await records.settled();
    expect(store.asked).toEqual([]);
  });

  it('write the beginning and the answer, and once what comes together', async () => {
    records.begin(record('a'));
    await records.settled();
    records.change('a', answered);
    records.change('a', (before) => ({ ...before, codec: 'PCMU/8000' }));
    await records.settled();
    expect(store.asked).toEqual(['put', 'change']);
    expect(await store.get('a', 10)).toMatchObject({ state: 'answered', codec: 'PCMU/8000' });
    expect(records.settledCalls()).toEqual(['a']);
  });

  it('know the places and the media of their calls', async () => {
    records.begin(record('a'));
    expect([...records.own.places()]).toEqual([{ call: 'a', names: ['tenant/acme'] }]);
    expect([...records.own.withMedia((session) => session.startsWith('media-1.'))]).toEqual(['a']);
    records.change('a', (before) => ({ ...before, mediaSession: 'media-2.1' }));
    expect([...records.own.withMedia((session) => session.startsWith('media-1.'))]).toEqual([]);
  });

  it('take in what another edge has changed', async () => {
    records.begin(record('a', answered(record('a'))));
    await records.settled();
    open('edge-2').change('a', (before) => ({ ...before, codec: 'G722/8000' }));
    await expect.poll(() => store.get('a', 10)).toMatchObject({ codec: 'G722/8000' });
    expect(records.own.copy('a')).toMatchObject({ codec: '' });
    const changed = await records.changeNow('a', (before) => ({ ...before, mediaMoves: 1 }));
    expect(changed).toMatchObject({ codec: 'G722/8000', mediaMoves: 1 });
    expect(records.own.copy('a')).toEqual(changed);
  });

  it('are over when their session is, unless another edge has seen a refresh', async () => {
    const expired = record('a', { ...answered(record('a')), dialog: dialogOf(-5_000) });
    records.begin(expired);
    await records.settled();
    expect([...records.own.expired(10)]).toEqual(['a']);
    expect(await records.isExpired('a')).toBe(true);
    store.isAway = true;
    await expect(records.isExpired('a')).rejects.toThrow('away');
    records.change('a', (before) => before);
    expect(await records.isExpired('a')).toBe(false);
    store.isAway = false;
    await expect.poll(() => records.waiting).toBe(0);
    open('edge-2').change('a', (before) => ({ ...before, dialog: dialogOf(20) }));
    await expect.poll(() => store.get('a', 10)).toMatchObject({ dialog: dialogOf(20) });
    expect([...records.own.expired(10)]).toEqual(['a']);
    expect(await records.isExpired('a')).toBe(false);
    expect([...records.own.expired(10)]).toEqual([]);
  });

  it('are taken by one edge only, which tells the one that had them', async () => {
    records.begin(record('a'));
    await records.settled();
    const other = open('edge-2');
    expect(await other.take('a', end)).toMatchObject({ id: 'a' });
    expect(gone).toEqual(['edge-1 a']);
    const taken = records.take('a', end);
    records.forget(['a']);
    expect(await taken).toBeUndefined();
    expect(await other.take('a', end)).toBeUndefined();
  });

  it('are kept as ending until that was told', async () => {
    records.begin(record('a'));
    await records.settled();
    await records.take('a', end);
    expect(await store.get('a', 10)).toBeUndefined();
    expect(await store.owners(10)).toEqual(['edge-1']);
    records.finish('a');
    await records.settled();
    expect(await store.owners(10)).toEqual([]);
  });

  it('are taken from the copy when the store has lost them', async () => {
    records.begin(record('a'));
    await records.settled();
    await lose('a');
    expect(await records.take('a', end)).toMatchObject({ id: 'a' });
  });

  it('go back to a store that has lost them, when their call goes on', async () => {
    records.begin(record('a'));
    await records.settled();
    await lose('a');
    records.change('a', answered);
    await expect.poll(() => store.get('a', 10)).toMatchObject({ state: 'answered' });
    expect(records.tallies.restored).toBe(1);
  });

  it('are dropped when the store has none and the call is over', async () => {
    isAlive = false;
    records.begin(record('a'));
    await records.settled();
    await lose('a');
    await records.verify(0, 1);
    await expect.poll(() => records.own.size).toBe(0);
  });

  it('have what has passed here before another edge looks after them', async () => {
    records.begin(record('a', answered(record('a'))));
    await records.settled();
    await store.adopt('edge-1', 'edge-2', 10, 10);
    records.change('a', (before) => ({ ...before, codec: 'G722/8000' }));
    records.forget(['a']);
    await records.settled();
    expect(await store.get('a', 10)).toMatchObject({ node: 'edge-2', codec: 'G722/8000' });
  });

  it('are dropped when they are found to be another edge’s', async () => {
    records.begin(record('a'));
    await records.settled();
    await store.adopt('edge-1', 'edge-2', 10, 10);
    records.change('a', answered);
    await expect.poll(() => records.own.size).toBe(0);
    expect(await store.get('a', 10)).toMatchObject({ node: 'edge-2', state: 'answered' });
  });

  it('that are too large are kept without what was said of media', async () => {
    const said = { sdp: 'x'.repeat(60_000), source: '' };
    const leg = { dialog: { callId: '', routes: [] }, number: 0 };
    const dialog = { caller: { ...leg, said }, callee: { ...leg, said } };
    records.begin(record('a', { dialog }));
    await expect.poll(() => store.get('a', 10)).toMatchObject({ dialog: { callee: leg } });
    expect(records.tallies.refused).toBe(1);
  });

  describe('while the store is away', () => {
    it.each(['isAway', 'isSilent'] as const)(
      'are changed in the copy, and written later: %s',
      async (how) => {
        records.begin(record('a'));
        await records.settled();
        store[how] = true;
        records.change('a', answered);
        const changed = await records.changeNow('a', (before) => ({ ...before, mediaMoves: 1 }), 20);
        expect(changed).toMatchObject({ state: 'answered', mediaMoves: 1 });
        expect(await records.read('a')).toMatchObject({ state: 'answered', mediaMoves: 1 });
        store[how] = false;
        await expect.poll(() => store.get('a', 10)).toEqual(records.own.copy('a'));
      },
    );

    it('are taken from the copy at once, and from the store later', async () => {
      records.begin(record('a'));
      await records.settled();
      store.isAway = true;
      expect(await records.take('a', end)).toMatchObject({ id: 'a' });
      expect(records.isOver('a')).toBe(true);
      store.isAway = false;
      await expect.poll(() => store.get('a', 10)).toBeUndefined();
      expect(records.isOver('a')).toBe(false);
    });

    it('cannot be taken by another edge, which remembers that', async () => {
      records.begin(record('a'));
      await records.settled();
      const other = open('edge-2');
      store.isAway = true;
      await expect(other.take('a', end)).rejects.toThrow('away');
      const late: CallRecord[] = [];
      other.takeLate('a', end, (each) => late.push(each));
      store.isAway = false;
      await expect.poll(() => late).toHaveLength(1);
      expect(gone).toEqual(['edge-1 a']);
    });

    it('make one change of many', async () => {
      records.begin(record('a'));
      await records.settled();
      store.isAway = true;
      for (let moves = 1; moves <= 40; moves++)
        records.change('a', (before) => ({ ...before, mediaMoves: before.mediaMoves + 1 }));
      store.isAway = false;
      await records.settled();
      expect(await store.get('a', 10)).toMatchObject({ mediaMoves: 40 });
    });
  });
});
