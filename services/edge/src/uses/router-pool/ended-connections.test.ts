import type { router } from '@tandem/contract';
import { expect, it } from 'vitest';
import { EndedConnections, type Told } from './ended-connections.ts';

function listener(): { peer: Told; heard: router.EndedConnection[] } {
  const heard: router.EndedConnection[] = [];
  return { peer: { tell: (ended) => heard.push(ended) }, heard };
}

const ended = (connection: number): { edge: string; connection: number } => ({ edge: 'edge-1', connection });

it('tells a router of each once, until it has seen to it', async () => {
  const connections = new EndedConnections();
  const { peer, heard } = listener();
  const done = connections.add(ended(7), 0);
  connections.tell(0, () => peer);
  connections.tell(999, () => peer);
  expect(heard).toEqual([{ edge: 'edge-1', connection: 7, id: 1 }]);
  connections.told([1, 99]);
  await done;
  connections.tell(100_000, () => peer);
  expect([heard.length, connections.tallies]).toEqual([1, { told: 1, repeated: 0, dropped: 0 }]);
});

it('tells again what no router has seen to, less and less often', () => {
  const connections = new EndedConnections();
  const { peer, heard } = listener();
  connections.add(ended(7), 0).catch(() => undefined);
  for (let now = 0; now <= 200_000; now += 50) connections.tell(now, () => peer);
  expect(heard).toHaveLength(9);
});

it('keeps them while there is no router', () => {
  const connections = new EndedConnections();
  const { peer, heard } = listener();
  connections.add(ended(7), 0).catch(() => undefined);
  connections.tell(0, () => undefined);
  connections.tell(60_000, () => peer);
  expect(heard).toHaveLength(1);
});

it('tells another at once when the one that was told is lost', () => {
  const connections = new EndedConnections();
  const [one, two] = [listener(), listener()];
  connections.add(ended(7), 0).catch(() => undefined);
  connections.tell(0, () => one.peer);
  connections.lost(one.peer, 10);
  connections.tell(10, () => two.peer);
  expect(two.heard).toEqual(one.heard);
});

it('drops the oldest when too many wait, and says so', async () => {
  const connections = new EndedConnections();
  const first = connections.add(ended(0), 0);
  const others = Array.from({ length: 10_000 }, (_, index) => connections.add(ended(index + 1), 0));
  for (const other of others) other.catch(() => undefined);
  await expect(first).rejects.toThrow('router-unavailable: connection 0 has ended: too many wait');
  expect(connections.tallies.dropped).toBe(1);
});

it('gives up what no router has taken within an hour', async () => {
  const connections = new EndedConnections();
  const lost = connections.add(ended(7), 0);
  connections.tell(3_600_001, () => listener().peer);
  await expect(lost).rejects.toThrow('no router has taken it within 60 minutes');
});
