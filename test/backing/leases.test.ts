import { createLog, type Etcd, EtcdLeases } from '@tandem/platform';
import { leasesCompliance } from '@tandem/platform/compliance';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { EtcdServer } from '../harness/etcd-server.ts';
import { needs } from '../harness/needs.ts';
import { Opened } from './opened.ts';

const describe = needs('etcd', 'namespace');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });
/** The time of a lease, and what etcd takes to notice. */
const EXPIRY = 15_000;

describe('leases in etcd', () => {
  let server: EtcdServer;
  let regions = 0;

  beforeAll(async () => {
    server = await EtcdServer.start();
  });
  afterAll(() => server.close());
  const opened = new Opened(log);

  function connect(url: string = server.url): Etcd {
    return opened.etcd(url);
  }

  function leases(region: string, etcd: Etcd = connect()): EtcdLeases {
    const made = new EtcdLeases({ etcd, region, log });
    return opened.keep(made);
  }

  leasesCompliance('etcd', async () => {
    const region = `region-${++regions}`;
    const etcd = connect();
    await etcd.connection(5_000);
    return () => leases(region, etcd);
  });

  it('are kept over a restart of etcd', async () => {
    const [one, two] = [leases('restart'), leases('restart')];
    const lease = await one.tryOwn('a', 'edge-1');
    await server.restart();
    await until(
      () => 'the owner',
      async () => (await two.ownerOf('a').catch(() => '')) === 'edge-1',
    );
    expect(await two.tryOwn('a', 'edge-2')).toBeUndefined();
    expect(lease?.lost.aborted).toBe(false);
  });

  it('are taken again in silence when etcd has forgotten them and nobody else has them', async () => {
    const one = leases('wiped');
    const lease = await one.tryOwn('a', 'edge-1');
    await server.kill();
    await server.empty();
    await server.restart();
    const two = leases('wiped');
    await until(
      () => 'the owner',
      async () => (await two.ownerOf('a').catch(() => '')) === 'edge-1',
    );
    expect(lease?.lost.aborted).toBe(false);
    await lease?.release();
    expect(await two.ownerOf('a')).toBeUndefined();
  });

  it('are taken again when somebody removes the key', async () => {
    const one = leases('removed');
    const lease = await one.tryOwn('a', 'edge-1');
    await server.write('/tandem/removed/owner/a');
    await until(
      () => 'the owner',
      async () => (await one.ownerOf('a')) === 'edge-1',
    );
    expect(lease?.lost.aborted).toBe(false);
  });

  it('are lost when another has taken them while this node could not reach etcd', async () => {
    const way = await opened.gate(server.url);
    const one = leases('partition', connect(`http://127.0.0.1:${way.port}`));
    const two = leases('partition');
    const lease = await one.tryOwn('a', 'edge-1');
    await way.bar();
    await until(
      () => 'an expiry',
      async () => (await two.tryOwn('a', 'edge-2')) !== undefined,
      EXPIRY,
    );
    expect(lease?.lost.aborted).toBe(false);
    await way.reopen();
    await until(
      () => 'a loss',
      () => lease?.lost.aborted ?? false,
    );
    expect(await one.tryOwn('a', 'edge-1')).toBeUndefined();
  });

  it('are kept when they expired while this node could not reach etcd and nobody wanted them', async () => {
    const way = await opened.gate(server.url);
    const one = leases('alone', connect(`http://127.0.0.1:${way.port}`));
    const two = leases('alone');
    const lease = await one.tryOwn('a', 'edge-1');
    await way.bar();
    await until(
      () => 'an expiry',
      async () => (await two.ownerOf('a')) === undefined,
      EXPIRY,
    );
    await way.reopen();
    await until(
      () => 'the owner',
      async () => (await two.ownerOf('a')) === 'edge-1',
    );
    expect(lease?.lost.aborted).toBe(false);
  });

  it('say that etcd is away instead of giving or refusing', async () => {
    const way = await opened.gate(server.url);
    const one = leases('away', connect(`http://127.0.0.1:${way.port}`));
    const lease = await one.tryOwn('a', 'edge-1');
    await way.bar();
    await expect(one.tryOwn('b', 'edge-1')).rejects.toThrow('etcd-unavailable');
    await expect(one.ownerOf('a')).rejects.toThrow('etcd-unavailable');
    await lease?.release();
    await way.reopen();
    const two = leases('away');
    await until(
      () => 'a release',
      async () => (await two.ownerOf('a')) === undefined,
      EXPIRY,
    );
  });
});
