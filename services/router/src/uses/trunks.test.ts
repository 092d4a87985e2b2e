import { setImmediate as turn } from 'node:timers/promises';
import { trunk } from '@tandem/contract';
import { createLog, MemoryBus } from '@tandem/platform';
import { expect, it } from 'vitest';
import { sampleSnapshot } from '../sample.ts';
import { TrunkNodes } from './trunks.ts';

const one = { tenant: 'acme', trunk: 'one' };

function open() {
  const clock = { now: 1_000_000 };
  const log = createLog({ level: 'error', node: 'router-1', destination: 2 });
  const bus = new MemoryBus({ log, now: () => clock.now });
  const nodes = new TrunkNodes({ bus, region: 'r', log, now: () => clock.now });
  const tell = async (...down: string[]): Promise<void> => {
    bus.publish('tandem.r.trunks.health', trunk.Health.encode({ ...one, down }).finish());
    await turn();
  };
  return { bus, clock, nodes, tell };
}

it('knows which contacts are down, until it is told otherwise or nobody says so any more', async () => {
  const { clock, nodes, tell } = open();
  expect(nodes.isDown(one, 'sip:a.example')).toBe(false);
  await tell('sip:user@a.example');
  expect(nodes.isDown(one, 'sip:a.example')).toBe(true);
  expect(nodes.isDown({ ...one, tenant: 'other' }, 'sip:a.example')).toBe(false);
  await tell();
  expect(nodes.isDown(one, 'sip:a.example')).toBe(false);
  await tell('sip:a.example');
  clock.now += 36_000;
  expect(nodes.isDown(one, 'sip:a.example')).toBe(false);
});

it('tells of a trunk whose calls arrive, every half a minute, and of who calls it from elsewhere', async () => {
  const { bus, clock, nodes } = open();
  const heard: unknown[] = [];
  bus.subscribe('tandem.r.trunks.sighted', ({ payload }) => heard.push(trunk.Sighting.decode(payload)));
  const of = sampleSnapshot({}, {}, { Trunk: { 'acme/one': {} } }).trunk('acme', 'one')!;
  nodes.unlisted(of, 'INVITE', '198.51.100.7');
  for (const after of [0, 10_000, 25_000]) {
    clock.now += after;
    nodes.sighted(of, 'INVITE', '203.0.113.1');
  }
  await turn();
  expect(heard).toMatchObject([
    { ...one, method: 'INVITE', source: '198.51.100.7', unlisted: true },
    { ...one, method: 'INVITE', source: '203.0.113.1', unlisted: false },
    one,
  ]);
});
