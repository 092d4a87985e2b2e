import { event } from '@tandem/contract';
import { type Announcement, createLog, MemoryBus, MemoryMembers, MemoryMembership } from '@tandem/platform';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publishNodes, publishRejection, publishSkew } from './events.ts';

const log = createLog({ level: 'silent', node: 'n', destination: 1 });
const condition = { state: 'serving', load: 0, configuration: '' } as const;

let bus: MemoryBus;
let told: [subject: string, event: event.Event][];

beforeEach(() => {
  bus = new MemoryBus({ log, now: Date.now });
  told = [];
  bus.subscribe('tandem.eu.>', ({ subject, payload }) => told.push([subject, event.Event.decode(payload)]));
});
afterEach(() => bus.close());

function announcement(startedMs: number): Announcement {
  return { tier: 'media', id: 'media-1', startedMs, weight: 1, release: '1', addresses: {} };
}

it('tells once what becomes of a node, however many see it', async () => {
  const members = new MemoryMembers();
  for (const node of ['a', 'b']) {
    publishNodes(new MemoryMembership(log, members), { bus, region: 'eu', node, now: () => 7 });
  }
  const leaving = new MemoryMembership(log, members);
  const presence = await leaving.join(announcement(1), condition);
  presence.update({ load: 3 });
  presence.update({ state: 'draining' });
  await presence.leave();
  const dying = new MemoryMembership(log, members);
  await dying.join(announcement(2), condition);
  dying.die();
  await leaving.join(announcement(3), condition);
  await expect.poll(() => told).toHaveLength(6);
  expect(told.map(([subject]) => subject.slice('tandem.eu.node.media.'.length))).toEqual([
    'joined',
    'draining',
    'left',
    'joined',
    'died',
    'joined',
  ]);
  expect(told[0]![1]).toEqual({
    id: 'media/media-1/1/joined',
    atMs: 7,
    node: 'a',
    tenant: '',
    traceId: '',
    kind: { $case: 'nodeChanged', value: { tier: 'media', id: 'media-1', change: 'joined' } },
  });
});

it('tells of versions that differ, and of a change that was refused', async () => {
  const origin = { bus, region: 'eu', node: 'a', now: () => 7 };
  const nodes = [
    { tier: 'router', id: 'r1', version: '1' },
    { tier: 'router', id: 'r2', version: '2' },
  ];
  publishSkew(nodes, origin);
  publishSkew(nodes, { ...origin, node: 'b' });
  publishRejection('a.yaml:1: wrong', origin);
  await expect.poll(() => told).toHaveLength(2);
  expect(told.map(([subject, { kind }]) => [subject, kind])).toEqual([
    ['tandem.eu.configuration.skewed', { $case: 'configurationSkewed', value: { nodes } }],
    [
      'tandem.eu.configuration.rejected',
      { $case: 'configurationRejected', value: { node: 'a', problem: 'a.yaml:1: wrong' } },
    ],
  ]);
});
