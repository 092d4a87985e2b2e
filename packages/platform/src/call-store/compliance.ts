import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CallEnding, type CallRecord, type CallStore, maxCallRecord } from './call-store.ts';
import { sampleCall } from './sample.ts';

/**
 * What each backing of the call store has to do. `make` opens as many instances as asked for, over the same empty
 * store; a backing of one process gives the same one.
 */
export function callStoreCompliance(
  name: string,
  make: (instances: number) => Promise<readonly CallStore[]>,
): void {
  describe(`calls by ${name}`, () => {
    // A shared store forgets by its own clock: times are those of the wall.
    const now = Date.now();
    const later = now + 3_600_000;
    let store: CallStore;
    let other: CallStore;
    let ends = 0;

    beforeEach(async () => {
      [store, other] = (await make(2)) as [CallStore, CallStore];
    });

    it('gives back what was put', async () => {
      const record = ringing();
      await store.put(record, later, now);
      expect(await store.get(record.id, now)).toEqual(record);
    });

    it('knows nothing of other calls', async () => {
      await store.put(ringing(), later, now);
      expect(await store.get(randomUUID(), now)).toBeUndefined();
      expect(await store.take(randomUUID(), ending(), now)).toBeUndefined();
    });

    it('replaces a record', async () => {
      const record = ringing();
      await store.put(record, later, now);
      const answered = { ...record, state: 'answered', answeredMs: now, node: 'edge-2' } as const;
      await store.put(answered, later, now);
      expect(await store.get(record.id, now)).toEqual(answered);
      expect((await store.list({ limit: 10 }, now)).records).toEqual([answered]);
    });

    it('keeps a record as it was put', async () => {
      const dialog = { routes: ['sip:a'] };
      const record = { ...ringing(), dialog };
      await store.put(record, later, now);
      dialog.routes.push('sip:b');
      const got = await store.get(record.id, now);
      (got!.dialog as typeof dialog).routes.push('sip:c');
      expect(await store.get(record.id, now)).toMatchObject({ dialog: { routes: ['sip:a'] } });
    });

    it('gives a record to exactly one of all who take it', async () => {
      const record = ringing();
      await store.put(record, later, now);
      const takers = Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other));
      const taken = await Promise.all(takers.map((taker) => taker.take(record.id, ending(), now)));
      expect(taken.filter((one) => one !== undefined)).toEqual([record]);
      expect(await store.get(record.id, now)).toBeUndefined();
    });

    it('gives a record again to who asks again in the same words', async () => {
      const record = ringing();
      await store.put(record, later, now);
      const asked = ending();
      expect(await store.take(record.id, asked, now)).toEqual(record);
      expect(await store.take(record.id, ending(), now)).toBeUndefined();
      expect(await store.take(record.id, asked, now)).toEqual(record);
      await store.finish(record.id, asked.node);
      expect(await store.take(record.id, asked, now)).toBeUndefined();
    });

    it.each([
      ['its own call', { node: 'edge-1', isOwn: true }],
      ['the call of another', { node: 'edge-2' }],
      ['a call that was its own', { node: 'edge-2', isOwn: true }],
    ])('keeps the end that a node is to tell of %s for who adopts it', async (_, who) => {
      const record = ringing();
      await store.put(record, later, now);
      const { end, ...asked } = { ...ending(), ...who };
      await store.take(record.id, { ...asked, end }, now);
      const owned = { limit: 10, owner: who.node };
      expect((await other.list(owned, now)).records).toEqual([]);
      const told = { ...record, node: who.node, end };
      expect((await other.list({ ...owned, withEnding: true }, now)).records).toEqual([told]);
      expect(await other.owners(now)).toEqual([who.node]);
      expect(await other.adopt(who.node, 'edge-3', 10, now)).toEqual([{ ...told, node: 'edge-3' }]);
      expect(await store.adopt(who.node, 'edge-4', 10, now)).toEqual([]);
      expect(await other.owners(now)).toEqual(['edge-3']);
      await other.finish(record.id, 'edge-3');
      expect(await other.owners(now)).toEqual([]);
      expect(await other.adopt('edge-3', 'edge-4', 10, now)).toEqual([]);
    });

    it('gives each end to exactly one of all who adopt it', async () => {
      const records = Array.from({ length: 30 }, ringing);
      for (const record of records) {
        await store.put(record, later, now);
        await store.take(record.id, ending(), now);
      }
      const adopted = await Promise.all(
        ['edge-2', 'edge-3', 'edge-4', 'edge-5'].map((to) => other.adopt('edge-1', to, 20, now)),
      );
      expect(idsOf(adopted.flat())).toEqual(idsOf(records));
    });

    it('lets a call be put again after it was taken', async () => {
      const record = ringing();
      await store.put(record, later, now);
      await store.take(record.id, ending(), now);
      await store.put(record, later, now);
      expect(await store.take(record.id, ending(), now)).toEqual(record);
    });

    it('forgets a record at its time, and not before', async () => {
      const record = ringing();
      await store.put(record, later, now);
      expect(await store.get(record.id, later - 1)).toEqual(record);
      expect(await store.get(record.id, later)).toBeUndefined();
      expect((await store.list({ limit: 10 }, later)).records).toEqual([]);
      expect(await store.take(record.id, ending(), later)).toBeUndefined();
    });

    it('keeps a record for longer when it is put again', async () => {
      const record = ringing();
      await store.put(record, later, now);
      await store.put(record, later + 10_000, later - 1);
      expect(await store.get(record.id, later + 9_999)).toEqual(record);
    });

    it('lists every record once, page by page', async () => {
      const records = Array.from({ length: 25 }, ringing);
      for (const record of records) await store.put(record, later, now);
      const pages = await listAll(store, 10, now);
      expect(pages.every((page) => page.length <= 10)).toBe(true);
      expect(
        pages
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(records.map(({ id }) => id).sort());
    });

    it('lists what stays while other calls come, change and go', async () => {
      const stay = Array.from({ length: 20 }, ringing);
      const go = Array.from({ length: 20 }, ringing);
      for (const [index, record] of stay.entries()) {
        await store.put(record, later, now);
        await store.put(go[index]!, later, now);
      }
      const pages = await listAll(store, 5, now, async () => {
        await store.put(ringing(), later, now);
        await store.take(go.pop()!.id, ending(), now);
        await store.put({ ...stay[0]!, state: 'answered' }, later, now);
      });
      const ids = pages.flat().map(({ id }) => id);
      expect(ids.filter((id) => stay.some((record) => record.id === id)).sort()).toEqual(
        stay.map(({ id }) => id).sort(),
      );
    });

    it('lists nothing when there is nothing', async () => {
      expect(await store.list({ limit: 10 }, now)).toEqual({ records: [] });
    });

    it('refuses a record over the cap', async () => {
      const record = { ...ringing(), dialog: { routes: 'x'.repeat(maxCallRecord) } };
      await expect(store.put(record, later, now)).rejects.toMatchObject({
        kind: { code: 'call-record-too-large' },
        message: expect.stringContaining(record.id),
      });
    });

    it('changes a record, and leaves it when nothing is to be changed', async () => {
      const record = ringing();
      await store.put(record, later, now);
      const changed = await other.change(record.id, (known) => ({ ...known, mediaMoves: 1 }), now);
      expect(changed).toEqual({ ...record, mediaMoves: 1 });
      expect(await store.change(record.id, () => undefined, now)).toBeUndefined();
      expect(await store.get(record.id, now)).toEqual(changed);
    });

    it('leaves the time at which a changed record is forgotten', async () => {
      const record = ringing();
      await store.put(record, later, now);
      await store.change(record.id, (known) => ({ ...known, mediaMoves: 1 }), now);
      expect(await store.get(record.id, later - 1)).toMatchObject({ mediaMoves: 1 });
      expect(await store.get(record.id, later)).toBeUndefined();
    });

    it('changes nothing that is not there, nor what was taken or forgotten', async () => {
      const [taken, over] = [ringing(), ringing()];
      await store.put(taken, later, now);
      await store.put(over, later, now);
      await other.take(taken.id, ending(), now);
      const touch = (known: CallRecord) => ({ ...known, mediaMoves: 1 });
      expect(await store.change(taken.id, touch, now)).toBeUndefined();
      expect(await store.change(over.id, touch, later)).toBeUndefined();
      expect(await store.change(randomUUID(), touch, now)).toBeUndefined();
      expect(await store.get(taken.id, now)).toBeUndefined();
    });

    it('loses no change of all that are made at once', async () => {
      const record = ringing();
      await store.put(record, later, now);
      const changers = Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other));
      const more = (known: CallRecord) => ({ ...known, mediaMoves: known.mediaMoves + 1 });
      await Promise.all(changers.map((changer) => changer.change(record.id, more, now)));
      expect(await store.get(record.id, now)).toMatchObject({ mediaMoves: 20 });
    });

    it('never brings back a record by a change that comes while it is taken', async () => {
      const records = Array.from({ length: 20 }, ringing);
      for (const record of records) await store.put(record, later, now);
      const touch = (known: CallRecord) => ({ ...known, mediaMoves: 1 });
      const races = records.map(({ id }) =>
        Promise.all([
          store.change(id, touch, now),
          other.take(id, ending(), now),
          store.change(id, touch, now),
        ]),
      );
      for (const [, taken] of await Promise.all(races)) expect(taken).toBeDefined();
      for (const { id } of records) expect(await store.get(id, now)).toBeUndefined();
      expect((await store.list({ limit: 50 }, now)).records).toEqual([]);
    });

    it('refuses to change a record into one over the cap', async () => {
      const record = ringing();
      await store.put(record, later, now);
      const grow = (known: CallRecord) => ({ ...known, dialog: { routes: 'x'.repeat(maxCallRecord) } });
      await expect(store.change(record.id, grow, now)).rejects.toMatchObject({
        kind: { code: 'call-record-too-large' },
      });
      expect(await store.get(record.id, now)).toEqual(record);
    });

    it('gives the calls of a node to another, as many as wanted', async () => {
      const own = Array.from({ length: 12 }, () => ({ ...ringing(), node: 'edge-2' }));
      for (const record of [...own, ringing()]) await store.put(record, later, now);
      const first = await other.adopt('edge-2', 'edge-3', 10, now);
      expect(first).toHaveLength(10);
      const second = await store.adopt('edge-2', 'edge-3', 10, now);
      expect(idsOf([...first, ...second])).toEqual(idsOf(own));
      expect([...first, ...second].every(({ node }) => node === 'edge-3')).toBe(true);
      expect(await store.adopt('edge-2', 'edge-3', 10, now)).toEqual([]);
      expect(idsOf((await store.list({ limit: 50, owner: 'edge-3' }, now)).records)).toEqual(idsOf(own));
    });

    it('gives each call to exactly one of all who adopt it', async () => {
      const records = Array.from({ length: 30 }, ringing);
      for (const record of records) await store.put(record, later, now);
      const adopters = ['edge-2', 'edge-3', 'edge-4', 'edge-5'];
      const adopted = await Promise.all(
        adopters.map((to, index) => (index % 2 ? store : other).adopt('edge-1', to, 20, now)),
      );
      expect(idsOf(adopted.flat())).toEqual(idsOf(records));
      for (const [index, records] of adopted.entries()) {
        for (const { id } of records) expect((await store.get(id, now))?.node).toBe(adopters[index]);
      }
    });

    it('adopts no call that was taken or forgotten', async () => {
      const [taken, over] = [ringing(), ringing()];
      await store.put(taken, later, now);
      await store.put(over, later, now);
      await other.take(taken.id, ending(), now);
      expect(await store.adopt('edge-1', 'edge-2', 10, later)).toEqual([]);
    });

    it('names the nodes that look after calls', async () => {
      const [one, two] = [ringing(), { ...ringing(), node: 'edge-2' }];
      await store.put(one, later, now);
      await store.put(two, later, now);
      expect([...(await other.owners(now))].sort()).toEqual(['edge-1', 'edge-2']);
      await store.adopt('edge-1', 'edge-3', 10, now);
      expect([...(await other.owners(now))].sort()).toEqual(['edge-2', 'edge-3']);
    });

    it('lists the calls of one node, page by page', async () => {
      const own = Array.from({ length: 7 }, () => ({ ...ringing(), node: 'edge-2' }));
      for (const record of own) {
        await store.put(record, later, now);
        await store.put(ringing(), later, now);
      }
      const moved = ringing();
      await store.put(moved, later, now);
      await store.change(moved.id, (known) => ({ ...known, node: 'edge-2' }), now);
      const pages = await listAll(other, 3, now, undefined, 'edge-2');
      expect(idsOf(pages.flat())).toEqual(idsOf([...own, moved]));
      expect((await store.list({ limit: 10, owner: 'edge-9' }, now)).records).toEqual([]);
    });

    function ending(): CallEnding {
      return { node: 'edge-1', end: { status: 200, number: ++ends } };
    }

    function ringing(): CallRecord {
      return sampleCall({ startedMs: now });
    }
  });
}

function idsOf(records: readonly CallRecord[]): string[] {
  return records.map(({ id }) => id).sort();
}

async function listAll(
  store: CallStore,
  limit: number,
  now: number,
  between: () => Promise<void> = async () => undefined,
  owner?: string,
): Promise<CallRecord[][]> {
  const pages: CallRecord[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ limit, cursor, owner }, now);
    pages.push([...page.records]);
    cursor = page.cursor;
    await between();
  } while (cursor !== undefined && pages.length < 20);
  return pages;
}
