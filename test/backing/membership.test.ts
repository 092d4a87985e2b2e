import {
  type Announcement,
  BusMembership,
  type Condition,
  createLog,
  Etcd,
  etcdUrl,
  list,
  MemoryBus,
} from '@tandem/platform';
import { type MembershipRegion, membershipCompliance } from '@tandem/platform/compliance';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { EtcdServer } from '../harness/etcd-server.ts';
import { needs } from '../harness/needs.ts';
import { Line } from './line.ts';

const describe = needs('etcd', 'namespace');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });
const serving: Condition = { state: 'serving', load: 0, configuration: '' };

describe('membership on a bus', () => {
  let server: EtcdServer;
  let regions = 0;
  const closing: { close(): unknown }[] = [];

  beforeAll(async () => {
    server = await EtcdServer.start();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const part of closing.splice(0).reverse()) await part.close();
  });

  function connect(): Etcd {
    const etcd = new Etcd({ address: etcdUrl.parse(server.url), log });
    closing.push(etcd);
    return etcd;
  }

  /** Nodes with a line each to one bus. */
  function region(etcd?: Etcd): MembershipRegion & { readonly name: string; readonly bus: MemoryBus } {
    const bus = new MemoryBus({ log, now: Date.now });
    const name = `region-${++regions}`;
    const open = async () => {
      const line = new Line(bus);
      const membership = new BusMembership({ bus: line, etcd, region: name, log });
      closing.push(membership);
      return { membership, die: async () => line.cut() };
    };
    return { name, bus, open, close: () => bus.close() };
  }

  function edge(id: string, startedMs = 1): Announcement {
    return { tier: 'edge', id, startedMs, weight: 1, release: '0', addresses: {} };
  }

  membershipCompliance('beats alone', async () => region());
  membershipCompliance('beats and etcd', async () => region(connect()));

  it('writes the nodes into etcd, again when that has forgotten, and not after they left', async () => {
    const etcd = connect();
    const { name, ...nodes } = region(etcd);
    const { membership } = await nodes.open();
    const presence = await membership.join(edge('one'), serving);
    const prefix = `/tandem/${name}/node/`;
    const isThere = async () => (await list(etcd, prefix)).entries.has(`${prefix}edge/one`);
    await until(() => 'a node in etcd', isThere);
    await server.restart({ wiped: true });
    await etcd.connection(5_000);
    await until(() => 'the node in etcd again', isThere, 10_000);
    await presence.leave();
    expect(await isThere()).toBe(false);
  });

  it('counts a node that only etcd knows when it answers', async () => {
    const etcd = connect();
    const { name, ...nodes } = region(etcd);
    await server.write(`/tandem/${name}/node/edge/ghost`, '{}');
    const { membership } = await nodes.open();
    await membership.join(edge('one'), serving);
    const { membership: late } = await nodes.open();
    await until(
      () => 'one member',
      () =>
        late
          .members('edge')
          .map(({ id }) => id)
          .join() === 'one',
    );
  });
});
