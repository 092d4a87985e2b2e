import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { keyWindowMs } from './bus.ts';
import { busCompliance } from './compliance.ts';
import { Inbox } from './compliance-inbox.ts';
import { MemoryBus, type MemoryBusOptions } from './memory.ts';

let lines: { msg: string; subject: string }[];
let now: number;

const log = createLog({
  level: 'info',
  node: 'n',
  destination: { write: (line) => lines.push(JSON.parse(line)) },
});

function open(options: Partial<MemoryBusOptions> = {}): MemoryBus {
  return new MemoryBus({ log, now: () => now, ...options });
}

const octets = Buffer.from('x');
const event = 'tandem.local.call.t.ended';

beforeEach(() => {
  lines = [];
  now = 1_000;
});

busCompliance('memory', async () => {
  const bus = open();
  return [bus, bus];
});

describe('MemoryBus', () => {
  it('drops what comes on top of a full queue, counts it and says so once', async () => {
    const bus = open({ maxPending: 2 });
    const inbox = new Inbox(bus, 'a');
    for (let index = 0; index < 5; index++) bus.publish('a', octets);
    await inbox.take(2);
    expect(bus.counters).toMatchObject({ published: 5, delivered: 2, dropped: 3 });
    expect(lines).toMatchObject([{ msg: 'a subscriber is too slow', subject: 'a' }]);
  });

  it('takes again, and may complain again, when the queue has been emptied', async () => {
    const bus = open({ maxPending: 1 });
    const inbox = new Inbox(bus, 'a');
    for (const taken of [1, 2]) {
      bus.publish('a', octets);
      bus.publish('a', octets);
      await inbox.take(taken);
    }
    expect(bus.counters).toMatchObject({ delivered: 2, dropped: 2 });
    expect(lines).toHaveLength(2);
  });

  it('logs and counts a handler that throws', async () => {
    const bus = open();
    bus.subscribe('a', () => {
      throw new Error('boom');
    });
    bus.publish('a', octets);
    await bus.close();
    expect(bus.counters.failed).toBe(1);
    expect(lines).toMatchObject([{ msg: 'a subscriber failed', subject: 'a', err: { message: 'boom' } }]);
  });

  it('reports its counters at a scrape', async () => {
    const metrics = new Metrics({ region: 'r', node: 'n', log });
    const bus = open();
    bus.observe(metrics);
    bus.publish('a', octets);
    const text = await metrics.scrape();
    expect(text).toContain('tandem_bus_messages_total{event="published"} 1\n');
    expect(text).toContain('tandem_bus_connected 1\n');
    expect(text).toContain('tandem_bus_queue_messages 0\n');
  });

  it('forgets a key after two minutes', async () => {
    const bus = open();
    const inbox = new Inbox(bus, event);
    const publish = (): void => bus.publish(event, octets, { key: 'k' });
    publish();
    now += keyWindowMs - 1;
    publish();
    now += 1;
    publish();
    await inbox.take(2);
    expect(bus.counters).toMatchObject({ published: 3, duplicate: 1, delivered: 2 });
  });

  it('remembers a bounded number of keys, the latest', async () => {
    const bus = open({ maxKeys: 2 });
    for (const key of ['a', 'b', 'c', 'c', 'a']) {
      bus.publish(event, octets, { key });
      now += 1_000;
    }
    expect(bus.counters.duplicate).toBe(1);
  });
});
