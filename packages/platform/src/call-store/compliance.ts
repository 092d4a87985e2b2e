import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CallRecord, type CallStore, maxCallRecord } from './call-store.ts';

/** What each backing of the call store has to do. `make` opens an empty store. */
export function callStoreCompliance(name: string, make: () => Promise<CallStore>): void {
  describe(`calls by ${name}`, () => {
    // A shared store forgets by its own clock: times are those of the wall.
    const now = Date.now();
    const later = now + 3_600_000;
    let store: CallStore;

    beforeEach(async () => {
      store = await make();
    });

    it('gives back what was put', async () => {
      const record = ringing();
      await store.put(record, later, now);
      expect(await store.get(record.id, now)).toEqual(record);
    });

    it('knows nothing of other calls', async () => {
      await store.put(ringing(), later, now);
      expect(await store.get(randomUUID(), now)).toBeUndefined();
      expect(await store.take(randomUUID(), now)).toBeUndefined();
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
      const taken = await Promise.all(Array.from({ length: 20 }, () => store.take(record.id, now)));
      expect(taken.filter((one) => one !== undefined)).toEqual([record]);
      expect(await store.get(record.id, now)).toBeUndefined();
    });

    it('lets a call be put again after it was taken', async () => {
      const record = ringing();
      await store.put(record, later, now);
      await store.take(record.id, now);
      await store.put(record, later, now);
      expect(await store.take(record.id, now)).toEqual(record);
    });

    it('forgets a record at its time, and not before', async () => {
      const record = ringing();
      await store.put(record, later, now);
      expect(await store.get(record.id, later - 1)).toEqual(record);
      expect(await store.get(record.id, later)).toBeUndefined();
      expect((await store.list({ limit: 10 }, later)).records).toEqual([]);
      expect(await store.take(record.id, later)).toBeUndefined();
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
        await store.take(go.pop()!.id, now);
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

    function ringing(): CallRecord {
      return {
        id: randomUUID(),
        sipCallId: 'a84b4c76e66710@pc33.example',
        tenant: 'acme',
        caller: '1001@acme',
        callee: 'sip:1002@acme.example',
        node: 'edge-1',
        startedMs: now,
        answeredMs: 0,
        state: 'ringing',
        mediaSession: 'media-1.42',
        target: 'sip:1002@192.0.2.7:5060',
        calleeIdentity: '1002@acme',
        route: ['sip:1002@192.0.2.7:5060'],
        limits: ['tenant/acme'],
        codec: 'PCMU/8000',
        mediaMoves: 0,
        traceparent: '',
        dialog: { routes: ['sip:192.0.2.1;lr'], cseq: 1, text: 'ñ"\\\n' },
      };
    }
  });
}

async function listAll(
  store: CallStore,
  limit: number,
  now: number,
  between: () => Promise<void> = async () => undefined,
): Promise<CallRecord[][]> {
  const pages: CallRecord[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ limit, cursor }, now);
    pages.push([...page.records]);
    cursor = page.cursor;
    await between();
  } while (cursor !== undefined && pages.length < 20);
  return pages;
}
