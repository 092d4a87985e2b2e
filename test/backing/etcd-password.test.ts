import { commit, createLog, Etcd, EtcdLeases, etcdUrl, get, Mirror } from '@tandem/platform';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { EtcdServer } from '../harness/etcd-server.ts';
import { needs } from '../harness/needs.ts';
import { Opened } from './opened.ts';

const describe = needs('etcd', 'namespace');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });
const password = 's3cret';

describe('the password of etcd', () => {
  let server: EtcdServer;

  beforeEach(async () => {
    server = await EtcdServer.start();
  });
  afterEach(() => server.close());
  const opened = new Opened(log);

  function connect(as = `root:${password}`, protects = false): Etcd {
    const address = etcdUrl.parse(server.url.replace('//', `//${as}@`));
    return opened.keep(new Etcd({ address, protects, log }));
  }

  function protectors(count: number): Etcd[] {
    return Array.from({ length: count }, () => connect(undefined, true));
  }

  function said(what: RegExp): string[] {
    return server.transcript.filter((line) => what.test(line));
  }

  it('is asked for once nodes have found that nobody is, be it all at once', async () => {
    const nodes = protectors(4);
    await Promise.all(nodes.map((node) => node.connection(15_000)));
    for (const [index, node] of nodes.entries()) await commit(node, [], [{ key: `/t/${index}`, value: '1' }]);
    const stranger = opened.etcd(server.url);
    await expect(get(stranger, '/t/0')).rejects.toThrow('etcd-refused');
    await expect(commit(stranger, [], [{ key: '/t/0', value: '2' }])).rejects.toThrow('etcd-refused');
    await expect(get(connect('root:guess'), '/t/0')).rejects.toThrow('authentication failed');
    expect((await get(nodes[0]!, '/t/0'))?.value).toBe('1');
  });

  it('stays what it is when more nodes come, and after a restart', async () => {
    await protectors(1)[0]!.connection(15_000);
    const changes = () =>
      said(/Authentication enabled|added a new user|changed a password|granted role|Role root is created/i)
        .length;
    const before = changes();
    expect(before).toBeGreaterThan(0);
    await protectors(1)[0]!.connection(15_000);
    expect(changes()).toBe(before);
    await server.restart();
    await protectors(1)[0]!.connection(15_000);
    await expect(get(opened.etcd(server.url), '/t/a')).rejects.toThrow('etcd-refused');
  });

  it('is that of the nodes when somebody has stopped half-way with another one', async () => {
    await server.ask('auth/user/add', { name: 'root', password: 'other' });
    await protectors(1)[0]!.connection(15_000);
    await expect(get(connect('root:other'), '/t/0')).rejects.toThrow('authentication failed');
  });

  it('is shown by whoever was there before it was asked for', async () => {
    const early = connect();
    await commit(early, [], [{ key: '/t/a', value: '1' }]);
    await protectors(1)[0]!.connection(15_000);
    await commit(early, [{ key: '/t/a', value: '1' }], [{ key: '/t/a', value: '2' }]);
    expect((await get(early, '/t/a'))?.value).toBe('2');
  });

  /** Seconds that the only lease has left. */
  async function left(token: string): Promise<number> {
    const { leases } = await server.ask<{ leases: { ID: string }[] }>('lease/leases', {}, token);
    const { TTL } = await server.ask<{ TTL: string }>('lease/timetolive', { ID: leases[0]!.ID }, token);
    return Number(TTL);
  }

  async function login(): Promise<string> {
    return (await server.ask<{ token: string }>('auth/authenticate', { name: 'root', password })).token;
  }

  // As when they have expired: five minutes after their last use, while a node looks at etcd each second.
  it('is shown again when tokens are void, so that watches and leases go on', async () => {
    const node = protectors(1)[0]!;
    await node.connection(15_000);
    const seen = opened.keep(new Mirror({ etcd: node, prefix: '/t/', log, onChange: () => undefined }));
    const shows = (key: string): Promise<void> =>
      until(
        () => key,
        () => seen.entries.has(key),
      );
    const owned = await opened.keep(new EtcdLeases({ etcd: node, region: 'r', log })).tryOwn('trunk', 'a');
    await commit(node, [], [{ key: '/t/before', value: '1' }]);
    await shows('/t/before');
    await server.ask('auth/user/changepw', { name: 'root', password }, await login());
    expect(said(/changed a password/)).not.toEqual([]);
    const token = await login();
    let before = await left(token);
    await until(
      () => 'a lease that is renewed',
      async () => {
        const now = await left(token);
        const isRenewed = now > before;
        before = now;
        return isRenewed;
      },
    );
    await commit(node, [], [{ key: '/t/after', value: '1' }]);
    await shows('/t/after');
    expect(owned?.lost.aborted).toBe(false);
  });
});
