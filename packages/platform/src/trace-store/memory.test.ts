import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryBus } from '../bus/memory.ts';
import { createLog } from '../log.ts';
import { encodeBatch } from './batch.ts';
import { traceStoreCompliance } from './compliance.ts';
import { MemoryTraceStore } from './memory.ts';
import { readTrace, type TraceBatch, traceLifetimeMs, traceSubject } from './trace-store.ts';

const log = createLog({ level: 'silent', node: 'n', destination: 1 });

traceStoreCompliance('memory', async () => {
  const bus = new MemoryBus({ log, now: Date.now });
  return { bus, store: new MemoryTraceStore({ bus, now: Date.now }), close: () => bus.close() };
});

describe('MemoryTraceStore', () => {
  let now: number;
  let bus: MemoryBus;

  beforeEach(() => {
    now = 1_000_000;
    bus = new MemoryBus({ log, now: () => now });
  });
  afterEach(() => bus.close());

  function tell(callId: string): number {
    const entries = [{ kind: 'note', at: now, part: 'call', text: 'x'.repeat(1_000) }] as const;
    const batch: TraceBatch = { node: 'n', callId, call: '', entries };
    const payload = encodeBatch(batch);
    bus.publish(traceSubject('eu', batch), payload);
    return payload.length;
  }

  it('lets the oldest go when there is no room', async () => {
    const octets = tell('a');
    const store = new MemoryTraceStore({ bus, now: () => now, maxOctets: 2 * octets });
    for (const callId of ['1', '2', '3']) tell(callId);
    await expect.poll(() => readTrace(store, '3')).toHaveLength(1);
    expect(await readTrace(store, '2')).toHaveLength(1);
    expect(await readTrace(store, '1')).toEqual([]);
  });

  it('lets what is a day old go', async () => {
    const store = new MemoryTraceStore({ bus, now: () => now });
    tell('a');
    await expect.poll(() => readTrace(store, 'a')).toHaveLength(1);
    now += traceLifetimeMs;
    expect(await readTrace(store, 'a')).toEqual([]);
  });
});
