import { createLog, encodeBatch, NatsBus, NatsTraceStore, readTrace, traceSubject } from '@tandem/platform';
import { traceStoreCompliance } from '@tandem/platform/compliance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsServer } from '../harness/nats-server.ts';
import { needs } from '../harness/needs.ts';

const log = createLog({ level: 'silent', node: 'test', destination: 2 });

needs('nats-server')('traces in JetStream', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server.close());

  const openBus = (): Promise<NatsBus> => NatsBus.open({ url: server.url, log, name: 'traces' });

  traceStoreCompliance('NATS', async () => {
    const bus = await openBus();
    const store = await NatsTraceStore.open({ bus, log });
    return { bus, store, close: () => bus.close() };
  });

  describe('when the server has been away', () => {
    it('are kept again, also when it has lost everything', async () => {
      const bus = await openBus();
      const store = await NatsTraceStore.open({ bus, log });
      await server.kill();
      await expect(readTrace(store, 'c')).rejects.toThrow('trace-store-unavailable');
      await server.empty();
      await server.restart();
      const batch = { node: 'n', callId: 'c', call: '', entries: [] };
      const tell = (): void => bus.publish(traceSubject('eu', batch), encodeBatch(batch));
      await expect
        .poll(async () => {
          tell();
          return (await readTrace(store, 'c')).length;
        })
        .toBeGreaterThan(0);
      await bus.close();
    });
  });

  it('are bounded: the oldest make room', async () => {
    await server.restart();
    await server.kill();
    await server.empty();
    await server.restart();
    const bus = await openBus();
    const store = await NatsTraceStore.open({ bus, log, maxOctets: 100_000 });
    const text = 'x'.repeat(20_000);
    for (let index = 0; index < 10; index++) {
      const entries = [{ kind: 'note', at: index, part: 'call', text }] as const;
      const batch = { node: 'n', callId: `c${index}`, call: '', entries };
      bus.publish(traceSubject('eu', batch), encodeBatch(batch));
    }
    await expect.poll(() => readTrace(store, 'c9')).toHaveLength(1);
    expect(await readTrace(store, 'c0')).toEqual([]);
    await bus.close();
  });
});
