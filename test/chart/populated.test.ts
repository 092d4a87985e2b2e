import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commit, createLog, Etcd, etcdUrl } from '@tandem/platform';
import { afterAll, beforeAll, expect } from 'vitest';
import { EtcdServer } from '../harness/etcd-server.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Network } from '../harness/network.ts';
import { MAIN, TandemProcess } from '../harness/tandem-process.ts';
import { chart, find, type Manifest, render } from './chart.ts';
import { environment, type Variable } from './environment.ts';
import { runPod } from './job.ts';

const describe = needs('helm', 'namespace', 'etcd');
const log = createLog({ level: 'silent', node: 'test', destination: 2 });

const resources = [
  { kind: 'Tenant', metadata: { name: 'acme' }, spec: { domains: ['acme.example'] } },
  ...['1001', '1002'].map((name) => ({
    kind: 'User',
    metadata: { tenant: 'acme', name },
    spec: { credentials: { password: `of-${name}` }, displayName: 'Zoë' },
  })),
].map((resource) => ({ apiVersion: 'tandem/v1', ...resource }));
/** As somebody wrote it. */
const user = (name: string, more = ''): string =>
  `kind: User\napiVersion: tandem/v1\nmetadata: { tenant: acme, name: "${name}" }\nspec: { credentials: { password: x }${more} } # by hand\n`;

// W-54
describe('an upgrade of a system that is populated', () => {
  let network: Network;
  let server: EtcdServer;
  let manifests: Manifest[];
  let folder: string;

  beforeAll(async () => {
    network = await Network.open('an upgrade');
    server = await EtcdServer.start({ host: network.gateway });
    const values = { 'etcd.replicas': 1, 'configuration.resources': resources };
    manifests = await render(values, undefined, chart, '--is-upgrade');
    folder = await mkdtemp(join(tmpdir(), 'upgrade-'));
    const { stringData } = find(manifests, 'Secret', 'configuration');
    await writeFile(join(folder, 'resources.yaml'), stringData['resources.yaml']);
  }, 30_000);
  afterAll(async () => {
    await server.close();
    await network.close();
  });

  /** With this etcd in place of that of the chart. */
  function variables(env: readonly Variable[]): Record<string, string> {
    const known = environment(env, { address: '192.0.2.1', pod: 'sw-tandem-0' });
    const here = new URL(server.url).host;
    return { ...known, TANDEM_ETCD_URL: known.TANDEM_ETCD_URL!.replace(/(?<=@)[^,]*/, here) };
  }

  function job(name: string): Promise<string> {
    const { spec } = find(manifests, 'Job', name).spec.template;
    return runPod(spec, { environment: variables, mounts: { '/etc/tandem/configuration': folder } });
  }

  function tandem(...args: readonly string[]): Promise<string> {
    const [{ env }] = find(manifests, 'Job', 'configuration').spec.template.spec.containers;
    return runPod({ containers: [{ name: args[0]!, args, env }] }, { environment: variables });
  }

  async function exported(name: string): Promise<string> {
    await tandem('export', '--secrets', '--file', join(folder, name));
    return readFile(join(folder, name), 'utf8');
  }

  async function write(key: string, value: string): Promise<void> {
    const [{ env }] = find(manifests, 'Job', 'configuration').spec.template.spec.containers;
    const etcd = new Etcd({ address: etcdUrl.parse(variables(env).TANDEM_ETCD_URL!), log });
    await commit(etcd, [], [{ key, value }]);
    await etcd.close();
  }

  it('leaves its configuration as it is, byte by byte, with a backup of before', {
    timeout: 60_000,
  }, async () => {
    await job('configuration');
    await write('/tandem/config/User/acme/1001', user('1001'));
    const before = await exported('before.yaml');
    expect(before).toContain('# by hand');
    expect(await job('before-upgrade')).toMatch(/kept in etcd as \d{8}T\d{9}Z\nvalid: 3 resources in etcd\n/);
    const [{ env }] = find(manifests, 'Job', 'configuration').spec.template.spec.containers;
    const own = { TANDEM_HTTP_LISTEN: '0.0.0.0:8080', TANDEM_DATA: join(folder, 'data') };
    const host = await network.host('tandem');
    const node = new TandemProcess(host, [MAIN, 'up'], { ...variables(env), ...own });
    await node.start();
    await node.stop();
    expect(await exported('after.yaml')).toBe(before);
    await write('/tandem/config/User/acme/1003', user('1003'));
    expect(await tandem('restore', '--in-etcd')).toContain('deleted User/acme/1003');
    expect(await exported('restored.yaml')).toBe(before);
  });

  it('ends before anything is changed where a field would be lost, and names it', {
    timeout: 60_000,
  }, async () => {
    await write('/tandem/config/User/acme/1002', user('1002', ', voicemail: { pin: 1 }'));
    const before = await exported('foreign.yaml');
    await expect(job('before-upgrade')).rejects.toThrow(
      'validate: /tandem/config/User/acme/1002:4 User/1002 spec.voicemail: is unknown',
    );
    expect(await exported('kept.yaml')).toBe(before);
  });
});
