import { createLog, MemoryMembers, MemoryMembership, type Presence, tokenKey } from '@tandem/platform';
import { expect, it } from 'vitest';
import { branchTags } from './branch-tag.ts';
import { Neighbours } from './neighbours.ts';
import type { Flow } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';
import type { Sockets } from './socket/sockets.ts';
import type { Transport } from './socket/transport.ts';

type Addresses = Readonly<Record<string, string>>;

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const secret = Buffer.alloc(32, 1);
const tagOf = branchTags(secret);
const first = { 'sip+tcp': '192.0.2.1:5060', 'sip+udp': '192.0.2.1:5060' };
const second = { 'sip+tcp': '192.0.2.2:5060', 'sip+udp': '192.0.2.2:5060' };
const datagrams = ({ 'sip+udp': udp }: typeof first) => ({ 'sip+udp': udp });

/** Edge 1 as it sees edge 2, which is at the first address. */
async function open(addresses: Addresses = first) {
  const members = new MemoryMembers();
  const join = (id: string, addresses: Addresses): Promise<Presence> => {
    const announced = { tier: 'edge', id, startedMs: 1, weight: 1, release: '', addresses } as const;
    return new MemoryMembership(log, members).join(announced, {
      state: 'serving',
      load: 0,
      configuration: '',
    });
  };
  const presence = await join('edge-2', addresses);
  const world = { lost: [] as string[], abandoned: [] as number[], gone: new Set<number>() };
  let opened = 0;
  const flow = (transport: Transport, host: string, port = 5060): Flow => {
    const way: Flow = {
      ...{ transport, host, port, reliable: transport === 'tcp', listener: {} as Listener },
      connection: transport === 'tcp' ? ++opened : 0,
      repliesTo: () => expect.unreachable(),
      send: () => undefined,
    };
    if (transport === 'udp') return way;
    return Object.defineProperty(way, 'isGone', { get: () => world.gone.has(way.connection) });
  };
  const sockets: Pick<Sockets, 'flowTo' | 'listenerFor' | 'abandon'> = {
    flowTo: (transport, host, port) => flow(transport, host, port),
    listenerFor: () => undefined,
    abandon: (connection) => world.abandoned.push(connection),
  };
  const neighbours = new Neighbours({
    ...{ membership: new MemoryMembership(log, members), node: 'edge-1', tagOf, tokenKey: tokenKey(secret) },
    sockets: sockets as Sockets,
    addressOf: async (host) => host,
    lost: ({ host }) => world.lost.push(host),
  });
  const way = () => neighbours.carrierTo(tagOf('edge-2'));
  return { join, neighbours, presence, world, flow, way };
}

it.each([
  ['a connection', first, second],
  ['datagrams', datagrams(first), datagrams(second)],
])('an edge is reached by %s, the same ones until its address is another', async (_, before, after) => {
  const { neighbours, presence, way } = await open(before);
  const one = await way();
  expect(one).toMatchObject({ host: '192.0.2.1' });
  presence.update({ state: 'draining' });
  expect(await way()).toBe(one);
  presence.update({ addresses: after });
  const other = await way();
  expect(other).toMatchObject({ host: '192.0.2.2', transport: one?.transport });
  expect(await way()).toBe(other);
  expect([[...neighbours.addresses], [...neighbours.hosts]]).toEqual([['192.0.2.2:5060'], ['192.0.2.2']]);
});

it('what went to where an edge was before is lost when it is gone, and not earlier', async () => {
  const { presence, way, world } = await open();
  await way();
  presence.update({ addresses: second });
  await way();
  expect([world.lost, world.abandoned]).toEqual([[], []]);
  await presence.leave();
  expect(world.lost.toSorted()).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(new Set(world.abandoned)).toEqual(new Set([1, 2]));
  expect(await way()).toBeUndefined();
});

it('an edge that changes its address again and again is not remembered everywhere', async () => {
  const { presence, way, world } = await open();
  for (let turn = 1; turn <= 20; turn++) {
    presence.update({ addresses: { 'sip+tcp': `192.0.2.${turn}:5060` } });
    await way();
  }
  await presence.leave();
  expect(world.lost).toEqual(['192.0.2.20', '192.0.2.19', '192.0.2.18', '192.0.2.17']);
});

it('a connection that an edge has opened from where it is now serves both ways', async () => {
  const { flow, neighbours, presence, way } = await open();
  neighbours.heard('edge-2', flow('tcp', '192.0.2.2', 40_000));
  expect(await way()).toMatchObject({ host: '192.0.2.1' });
  presence.update({ addresses: second });
  const heard = flow('tcp', '192.0.2.2', 40_001);
  neighbours.heard('edge-2', heard);
  expect(await way()).toBe(heard);
  neighbours.heard('edge-2', flow('tcp', '192.0.2.2', 40_002));
  expect(await way()).toBe(heard);
});

it('a connection that has ended is opened anew', async () => {
  const { way, world } = await open();
  const one = await way();
  world.gone.add(one!.connection);
  expect(await way()).not.toBe(one);
});

it('an edge may go to where another one is', async () => {
  const { join, neighbours, presence } = await open();
  await join('edge-3', second);
  presence.update({ addresses: second });
  expect([...neighbours.addresses]).toEqual(['192.0.2.2:5060']);
});
