import { createLog, MemoryBus, MemoryMembership } from '@tandem/platform';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { drainNode, serveDrain } from './drain.ts';

const log = createLog({ level: 'silent', node: 'n', destination: 1 });
const region = 'eu';

let bus: MemoryBus;
let membership: MemoryMembership;
let begun: string[];

beforeEach(async () => {
  bus = new MemoryBus({ log, now: Date.now });
  membership = new MemoryMembership(log);
  begun = [];
  for (const [tier, id] of [
    ['edge', 'a'],
    ['media', 'a'],
    ['media', 'b'],
  ] as const) {
    const announcement = { tier, id, startedMs: 1, weight: 1, release: '1', addresses: {} };
    await membership.join(announcement, { state: 'serving', load: 0, configuration: '' });
    serveDrain({ bus, region, tier, id }, () => begun.push(`${tier} ${id}`));
  }
});
afterEach(() => bus.close());

const drain = (query: Record<string, string>) =>
  drainNode({ bus, membership, region, own: 'b' }, new URLSearchParams(query));

it('tells the node, which begins once', async () => {
  expect(await drain({ node: 'b' })).toEqual({ tier: 'media', id: 'b' });
  expect(await drain({ node: 'b' })).toEqual({ tier: 'media', id: 'b' });
  expect(begun).toEqual(['media b']);
});

it('is the one that is asked where none is named', async () => {
  expect(await drain({})).toEqual({ tier: 'media', id: 'b' });
});

it('asks for the tier where two have a node of that id', async () => {
  await expect(async () => drain({ node: 'a' })).rejects.toThrow('node-unknown: a is edge and media');
  expect(await drain({ node: 'a', tier: 'edge' })).toEqual({ tier: 'edge', id: 'a' });
  expect(begun).toEqual(['edge a']);
});

it('knows who is not there', async () => {
  await expect(async () => drain({ node: 'c' })).rejects.toThrow('node-unknown: c');
  await expect(async () => drain({ node: 'b', tier: 'edge' })).rejects.toThrow('node-unknown: edge b');
});
