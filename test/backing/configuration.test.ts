import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigurationStore,
  configurationPrefix,
  createLog,
  type Etcd,
  EtcdSource,
  type EtcdSourceOptions,
} from '@tandem/platform';
import { configurationSourceCompliance, type Documents, Told } from '@tandem/platform/compliance';
import { loadStored, type Snapshot } from '@tandem/resource';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { EtcdServer } from '../harness/etcd-server.ts';
import { needs } from '../harness/needs.ts';
import { Opened } from './opened.ts';

const describe = needs('etcd', 'namespace');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });

describe('the configuration in etcd', () => {
  let server: EtcdServer;

  beforeEach(async () => {
    server = await EtcdServer.start();
  });
  afterEach(() => server.close());
  const opened = new Opened(log);

  function connect(url: string = server.url): Etcd {
    return opened.etcd(url);
  }

  function source(
    options: Partial<EtcdSourceOptions<Documents>> = {},
    check = (documents: Documents): Documents => documents,
  ): EtcdSource<Documents> {
    const made = new EtcdSource({
      etcd: options.etcd ?? connect(),
      load: async (sources) => check(Object.fromEntries(sources.map(({ holds, text }) => [holds, text]))),
      version: (documents) => JSON.stringify(documents),
      log,
      ...options,
    });
    return opened.keep(made);
  }

  const put = async (name: string, text?: string): Promise<number> =>
    server.write(configurationPrefix + name, text);

  async function watch(options: Partial<EtcdSourceOptions<Documents>> = {}): Promise<Told> {
    const made = source(options);
    const told = new Told(made);
    await made.start();
    return told;
  }

  async function lastGood(): Promise<string> {
    return join(await mkdtemp(join(tmpdir(), 'tandem-last-')), 'configuration');
  }

  configurationSourceCompliance('etcd', async () => ({
    put: async (name, text) => void (await put(name, text)),
    remove: async (name) => void (await put(name)),
    open: (check) => source({}, check),
  }));

  it('is the same after etcd was away, and what changes then is seen', async () => {
    await put('a', '1');
    const told = await watch();
    await server.restart();
    await put('a', '2');
    await told.change({ a: '2' });
    expect(told).toMatchObject({ changes: [{ a: '2' }], faults: [] });
  });

  it('is seen when etcd has forgotten what happened meanwhile', async () => {
    const gate = await opened.gate(server.url);
    await put('a', '1');
    await put('b', '1');
    const told = await watch({ etcd: connect(`http://127.0.0.1:${gate.port}`) });
    await gate.bar();
    await put('b');
    const revision = await put('a', '2');
    await server.ask('kv/compaction', { revision: String(revision), physical: true });
    await gate.reopen();
    await told.change({ a: '2' });
  });

  it('is waited for when etcd is away at the start', async () => {
    await put('a', '1');
    await server.kill();
    const starting = source({ lastGood: await lastGood() }).start();
    await server.restart();
    expect(await starting).toEqual({ a: '1' });
  });

  it('is what was accepted last when etcd is away at the start, until it is back', async () => {
    await put('a', '1');
    const path = await lastGood();
    const first = source({ lastGood: path });
    await first.start();
    await first.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await server.kill();
    const second = source({ lastGood: path });
    const told = new Told(second);
    expect(await second.start()).toEqual({ a: '1' });
    await server.restart();
    await put('a', '2');
    await told.change({ a: '2' });
  });

  it('is what was accepted last when what is there at the start is wrong', async () => {
    await put('a', '1');
    const path = await lastGood();
    const check = (documents: Documents): Documents => {
      if (documents.a === '2') throw new Error('a is 2');
      return documents;
    };
    const first = source({ lastGood: path }, check);
    await first.start();
    await first.close();
    await put('a', '2');
    const second = source({ lastGood: path }, check);
    const told = new Told(second);
    expect(await second.start()).toEqual({ a: '1' });
    await told.fault('a is 2');
    await put('a', '3');
    await told.change({ a: '3' });
  });

  it('stays when etcd has lost its data, also for who starts then, until it is applied again', async () => {
    await put('a', '1');
    const path = await lastGood();
    const first = source({ lastGood: path });
    const told = new Told(first);
    await first.start();
    await server.kill();
    await server.empty();
    await server.restart();
    const vanished = 'configuration-vanished: nothing is below /tandem/config/, and nobody removed it';
    await told.fault(vanished);
    const second = source({ lastGood: path });
    expect(await second.start()).toEqual({ a: '1' });
    await put('a', '2');
    await told.change({ a: '2' });
    expect(told).toMatchObject({ changes: [{ a: '2' }], faults: [vanished] });
  });

  it('can be removed as a whole', async () => {
    const etcd = connect();
    await put('a', '1');
    const told = await watch({ etcd });
    const store = new ConfigurationStore(etcd);
    await store.write(await store.read(), [{ key: `${configurationPrefix}a` }]);
    await told.change({});
  });

  it('is checked like that of a folder, and has one version everywhere', async () => {
    const open = (): EtcdSource<Snapshot> => {
      const made = new EtcdSource({
        etcd: connect(),
        load: (sources) => loadStored(sources),
        version: ({ version }) => version,
        log,
      });
      opened.keep(made);
      return made;
    };
    const [one, two] = [open(), open()];
    const [faults, changes]: [string[], Snapshot[]] = [[], []];
    one.onFault(({ message }) => faults.push(message));
    for (const each of [one, two]) each.onChange((snapshot) => changes.push(snapshot));
    await Promise.all([one.start(), two.start()]);
    const tenant =
      'apiVersion: tandem/v1\nkind: Tenant\nmetadata: { name: acme }\nspec: { domains: [acme.example] }';
    await put(
      'User/acme/1001',
      'apiVersion: tandem/v1\nkind: User\nmetadata: { tenant: acme, name: "1001" }\nspec: {}',
    );
    await until(
      () => 'a fault',
      () => faults.length === 1,
    );
    expect(faults[0]).toContain('/tandem/config/User/acme/1001:4 User/1001 spec.credentials: is required');
    await put('User/acme/1001');
    await put('Tenant/acme/acme', tenant);
    await until(
      () => 'both changes',
      () => changes.filter(({ tenants }) => tenants.size === 1).length === 2,
    );
    expect(new Set(changes.slice(-2).map(({ version }) => version)).size).toBe(1);
  });
});
