import { commit, createLog, type Etcd, get, list, Mirror } from '@tandem/platform';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { EtcdServer } from '../harness/etcd-server.ts';
import { needs } from '../harness/needs.ts';
import { Opened } from './opened.ts';

const describe = needs('etcd', 'namespace');
const log = createLog({
  level: (process.env.TANDEM_TEST_LOG ?? 'silent') as 'silent',
  node: 'test',
  destination: 2,
});

describe('the connection to etcd', () => {
  let server: EtcdServer;

  beforeEach(async () => {
    server = await EtcdServer.start();
  });
  afterEach(() => server.close());
  const opened = new Opened(log);

  function connect(url: string = server.url): Etcd {
    return opened.etcd(url);
  }

  function mirror(etcd: Etcd): Mirror {
    const made = new Mirror({ etcd, prefix: '/t/', log, onChange: () => undefined });
    return opened.keep(made);
  }

  function texts({ entries }: Pick<Mirror, 'entries'>): Record<string, string> {
    return Object.fromEntries(Array.from(entries, ([key, { value }]) => [key, value]));
  }

  async function shows(copy: Mirror, expected: Record<string, string>, ms?: number): Promise<void> {
    const wanted = JSON.stringify(expected);
    const now = () => JSON.stringify(texts(copy));
    await until(
      () => `${wanted} in place of ${now()}`,
      () => now() === wanted,
      ms,
    );
  }

  it('writes all or nothing, and reads back', async () => {
    const etcd = connect();
    const revision = await commit(
      etcd,
      [{ key: '/t/a', revision: 0 }],
      [
        { key: '/t/a', value: 'ä' },
        { key: '/t/b', value: '2' },
      ],
    );
    expect(await get(etcd, '/t/a')).toEqual({ value: 'ä', revision });
    expect(await commit(etcd, [{ key: '/t/a', revision: 0 }], [{ key: '/t/c', value: '3' }])).toBeUndefined();
    expect(texts(await list(etcd, '/t/'))).toEqual({ '/t/a': 'ä', '/t/b': '2' });
    expect(
      await commit(etcd, [{ prefix: '/t/', notSince: revision! - 1 }], [{ key: '/t/b' }]),
    ).toBeUndefined();
    await commit(etcd, [{ prefix: '/t/', notSince: revision! }], [{ key: '/t/b' }]);
    expect(texts(await list(etcd, '/t/'))).toEqual({ '/t/a': 'ä' });
  });

  it('lists more keys than fit into one page', async () => {
    const etcd = connect();
    for (let batch = 0; batch < 41; batch++) {
      const writes = Array.from({ length: 100 }, (_, i) => ({ key: `/t/${batch}-${i}`, value: 'x' }));
      await commit(etcd, [], writes);
    }
    expect((await list(etcd, '/t/')).entries.size).toBe(4_100);
  });

  it('says in time that nobody is there', async () => {
    await server.kill();
    const etcd = connect();
    await expect(get(etcd, '/t/a')).rejects.toThrow(`etcd-unavailable: ${server.url.slice(7)}`);
    await expect(etcd.connection(100)).rejects.toThrow('etcd-unavailable');
  });

  it('is not held up by a server that is stuck, and goes on with it', async () => {
    const etcd = connect();
    await etcd.connection(5_000);
    await server.pause();
    await expect(commit(etcd, [], [{ key: '/t/a', value: '1' }])).rejects.toThrow('etcd-unavailable');
    await until(
      () => 'a server found stuck',
      () => !etcd.connected,
    );
    server.resume();
    await etcd.connection(5_000);
    await commit(etcd, [], [{ key: '/t/a', value: '2' }]);
  });

  it('turns to another server when one is gone', async () => {
    const gone = await EtcdServer.start();
    opened.keep({ close: () => gone.close() });
    const etcd = connect(`${gone.url},${server.url}`);
    await etcd.connection(5_000);
    const copy = mirror(etcd);
    await gone.kill();
    await server.write('/t/a', '1');
    await shows(copy, { '/t/a': '1' });
    expect((await get(etcd, '/t/a'))?.value).toBe('1');
  });

  it('follows what is written while it looks, and while etcd restarts', async () => {
    const copy = mirror(connect());
    await server.write('/t/a', '1');
    await shows(copy, { '/t/a': '1' });
    await server.restart();
    await server.write('/t/a', '2');
    await shows(copy, { '/t/a': '2' });
    await server.write('/t/a');
    await shows(copy, {});
  });

  it('reads everything again when etcd has forgotten what it missed', async () => {
    const gate = await opened.gate(server.url);
    const etcd = connect(`http://127.0.0.1:${gate.port}`);
    const copy = mirror(etcd);
    await server.write('/t/a', '1');
    await server.write('/t/gone', '1');
    await shows(copy, { '/t/a': '1', '/t/gone': '1' });
    await gate.bar();
    await server.write('/t/a', '2');
    await server.write('/t/gone');
    const revision = await server.write('/t/b', '3');
    await server.ask('kv/compaction', { revision: String(revision), physical: true });
    await gate.reopen();
    await shows(copy, { '/t/a': '2', '/t/b': '3' });
  });

  it('notices that the server has lost everything', async () => {
    const copy = mirror(connect());
    for (const value of ['1', '2', '3']) await server.write('/t/a', value);
    await shows(copy, { '/t/a': '3' });
    await server.kill();
    await server.empty();
    await server.restart();
    await server.write('/t/b', '1');
    await shows(copy, { '/t/b': '1' });
  });

  it('logs in, again after a restart, and says when it may not', async () => {
    for (const [path, body] of [
      ['auth/role/add', { name: 'root' }],
      ['auth/user/add', { name: 'root', password: 'a:b@c' }],
      ['auth/user/grant', { user: 'root', role: 'root' }],
      ['auth/enable', {}],
    ] as const)
      await server.ask(path, body);
    const etcd = connect(server.url.replace('//', `//root:${encodeURIComponent('a:b@c')}@`));
    const copy = mirror(etcd);
    await commit(etcd, [], [{ key: '/t/a', value: '1' }]);
    await shows(copy, { '/t/a': '1' });
    await server.restart();
    await etcd.connection(5_000);
    await commit(etcd, [], [{ key: '/t/a', value: '2' }]);
    await shows(copy, { '/t/a': '2' });
    await expect(get(connect(), '/t/a')).rejects.toThrow('etcd-refused');
    const wrong = connect(server.url.replace('//', '//root:no@'));
    await expect(wrong.connection(1_000)).rejects.toThrow(/etcd-refused: .*authentication failed/);
  });
});
