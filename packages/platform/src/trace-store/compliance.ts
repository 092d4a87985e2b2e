import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bus } from '../bus/bus.ts';
import { encodeBatch } from './batch.ts';
import { readTrace, type TraceBatch, type TraceStore, traceSubject } from './trace-store.ts';

/** A store of traces, and the bus that it listens to. */
export interface TraceRig {
  readonly bus: Bus;
  readonly store: TraceStore;
  close(): Promise<void>;
}

/** What each backing of the store of traces has to do. */
export function traceStoreCompliance(name: string, make: () => Promise<TraceRig>): void {
  describe(`traces by ${name}`, () => {
    let rig: TraceRig;
    let callId: string;
    let call: string;
    let at: number;

    beforeEach(async () => {
      rig = await make();
      callId = `${randomUUID()}@192.0.2.1`;
      call = randomUUID();
      at = 1_000;
    });
    afterEach(() => rig.close());

    const batch = (changes: Partial<TraceBatch> = {}): TraceBatch => ({
      node: 'edge-1',
      callId,
      call,
      entries: [
        {
          kind: 'message',
          at: at++,
          direction: 'received',
          transport: 'udp',
          local: '192.0.2.9:5060',
          peer: '192.0.2.1:5060',
          text: 'INVITE sip:b\xfcro@acme.example SIP/2.0\r\n\r\nv=0\n',
        },
        { kind: 'note', at: at++, part: 'router', text: 'relay\nnumber: “1002”' },
      ],
      ...changes,
    });
    const tell = (told: TraceBatch, region = 'eu'): void =>
      rig.bus.publish(traceSubject(region, told), encodeBatch(told));
    const read = (id: string, count: number): Promise<TraceBatch[]> =>
      vi.waitFor(
        async () => {
          const found = await readTrace(rig.store, id);
          expect(found).toHaveLength(count);
          return found;
        },
        { timeout: 20_000, interval: 5 },
      );

    it('finds a call by its Call-ID, as it was told', async () => {
      const [one, two] = [batch(), batch()];
      tell(one);
      tell(batch({ callId: `${callId}0`, call: '' }));
      tell(two);
      expect(await read(callId, 2)).toEqual([one, two]);
    });

    it('finds a call by the id that Tandem gave it, with what was seen before it had one', async () => {
      const [before, after] = [batch({ call: '' }), batch()];
      tell(before);
      tell(after);
      expect(new Set(await read(call, 2))).toEqual(new Set([before, after]));
      expect(await read(call.toUpperCase(), 2)).toHaveLength(2);
    });

    it('finds what nodes of any region saw, by whichever id they know', async () => {
      const other = batch({ node: 'edge-2', callId: '' });
      tell(batch());
      tell(other, 'us');
      expect(await read(callId, 2)).toContainEqual(other);
    });

    it('finds nothing of a call that nobody has seen', async () => {
      tell(batch());
      await read(callId, 1);
      expect(await readTrace(rig.store, randomUUID())).toEqual([]);
      expect(await readTrace(rig.store, '-')).toEqual([]);
      expect(await readTrace(rig.store, '')).toEqual([]);
    });

    it('takes a Call-ID of any kind', async () => {
      for (const odd of ['a.b *>', 'ü\r', 'x'.repeat(4_000)]) {
        tell(batch({ callId: odd, call: '' }));
        expect((await read(odd, 1))[0]?.callId).toBe(odd);
      }
    });

    it('leaves out what it cannot read', async () => {
      rig.bus.publish(traceSubject('eu', { callId, call }), Buffer.from('garbage'));
      rig.bus.publish(traceSubject('eu', { callId, call }), Buffer.from('{}\n'));
      tell(batch());
      expect(await read(callId, 1)).toHaveLength(1);
    });

    it('keeps a large batch whole', async () => {
      const text = 'x'.repeat(500_000);
      const large = batch({ entries: [{ kind: 'note', at: 1, part: 'call', text }] });
      tell(large);
      expect(await read(callId, 1)).toEqual([large]);
    });
  });
}
