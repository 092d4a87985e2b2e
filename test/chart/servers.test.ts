import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { until } from '../harness/deadline.ts';
import { it } from '../harness/fixture.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { Network } from '../harness/network.ts';
import { MAIN, TandemProcess } from '../harness/tandem-process.ts';
import { find, type Manifest, render } from './chart.ts';
import { environment, type Variable } from './environment.ts';
import { overlayOf, ServerPod } from './pod.ts';

const describe = needs('helm', 'namespace', 'nats-server', 'redis-server', 'redis-sentinel', 'etcd');
const servers = ['nats', 'redis', 'etcd'] as const;
const failover = 30_000;

describe('the servers of the chart', () => {
  let network: Network;
  let manifests: Manifest[];
  /** The names of pods in DNS. */
  let names: string;
  const pods = new Map<string, ServerPod[]>();

  beforeAll(async () => {
    network = await Network.open('servers of the chart');
    manifests = await render({}, 'host-network');
    const hosts: Host[] = [];
    for (const index of [0, 1, 2]) hosts.push(await network.host(`node-${index}`));
    names = hosts
      .flatMap(({ address }, index) =>
        servers.map(
          (server) => `${address} sw-tandem-${server}-${index}.sw-tandem-${server}.default.svc.cluster.local`,
        ),
      )
      .concat('127.0.0.1 localhost\n')
      .join('\n');
    for (const server of servers) {
      const made = hosts.map((host, index) =>
        ServerPod.make(manifests, server, { host, names, pod: `sw-tandem-${server}-${index}` }),
      );
      pods.set(server, await Promise.all(made));
    }
    for (const pod of [...pods.values()].flat()) pod.start();
  }, 60_000);

  afterAll(() => network.close());

  /** A command of tandem in a host, with the variables of a container and names of pods. */
  async function tandem(
    host: Host,
    variables: Record<string, string>,
    argv: readonly string[],
  ): Promise<TandemProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'etc-'));
    await writeFile(join(folder, 'hosts'), names);
    const mounts = [...overlayOf(folder), 'mount -t tmpfs tmpfs /var/lib', 'exec "$@"'].join('\n');
    const node = ['unshare', '--mount', 'sh', '-ec', mounts, 'sh', process.execPath] as const;
    return new TandemProcess(host, [MAIN, ...argv], variables, { node, main: MAIN });
  }

  const variablesOf = (kind: string, name: string, address: string): Record<string, string> => {
    const { containers } = find(manifests, kind, name).spec.template.spec;
    return environment(containers[0].env as Variable[], { address, pod: `sw-tandem-${name}-0` });
  };

  const redisPods = (): readonly ServerPod[] => pods.get('redis')!;
  const roleOf = async (pod: ServerPod): Promise<string> => {
    const told = await pod.exec('redis', ['redis-cli', 'info', 'replication']).catch(() => '');
    return /^role:(\w+)/m.exec(told)?.[1] ?? '';
  };
  const replicasOf = async (pod: ServerPod): Promise<string> =>
    /^connected_slaves:(\d)/m.exec(await pod.exec('redis', ['redis-cli', 'info', 'replication']))?.[1] ?? '';

  it('come up as clusters, by the probes of their pods', { timeout: 60_000 }, async () => {
    const all = [...pods.values()].flat();
    let failing: readonly string[] = [];
    const content = async (): Promise<boolean> => {
      failing = (await Promise.all(all.map((pod) => pod.failing()))).flat();
      return failing.length === 0;
    };
    await until(() => failing.join(), content, 20_000);
    await until(
      () => 'two replicas of Redis',
      async () => (await replicasOf(redisPods()[0]!)) === '2',
      failover,
    );
    const sentinels = async (): Promise<boolean> => {
      const told = redisPods().map((pod) =>
        pod.exec('sentinel', ['redis-cli', '-p', '26379', 'info', 'sentinel']),
      );
      return (await Promise.all(told)).every((text) => text.includes('slaves=2,sentinels=3'));
    };
    await until(() => 'sentinels that know each other', sentinels, failover);
  });

  it('are found, with their passwords, by a router that is started as its pod is', {
    timeout: 60_000,
  }, async () => {
    const host = await network.host('router');
    const router = await tandem(host, variablesOf('Deployment', 'router', host.address), ['router']);
    await router.start();
    const said = router.logs().map(({ msg }) => msg);
    expect(said).toEqual(
      expect.arrayContaining(['connected to the bus', 'etcd is there', 'Redis is connected']),
    );
  });

  // W-42
  it('let nobody into etcd who has no password, once a node was there', async () => {
    const [first] = pods.get('etcd')!;
    const etcdctl = (...argv: readonly string[]): Promise<string> =>
      first!.exec('etcd', ['etcdctl', ...argv]).catch((error: Error) => error.message);
    for (const command of [
      ['get', '--prefix', '/'],
      ['put', '/tandem/x', '1'],
      ['auth', 'disable'],
    ])
      expect(await etcdctl(...command)).toContain('user name is empty');
    const { ETCD_PASSWORD: password } = variablesOf('Deployment', 'router', first!.host.address);
    expect(await etcdctl('--user', `root:${password}`, 'get', '--prefix', '/tandem/')).toContain('/tandem/');
    for (const pod of pods.get('etcd')!) expect(await pod.failing()).toEqual([]);
  });

  it('go on when the master of Redis dies, and take it back as a replica', { timeout: 60_000 }, async () => {
    const [first, ...others] = redisPods();
    await first!.kill();
    const isMaster = async (): Promise<boolean> => (await Promise.all(others.map(roleOf))).includes('master');
    await until(() => 'another master', isMaster, failover);
    first!.start();
    await until(
      () => 'the first one as a replica',
      async () => (await roleOf(first!)) === 'slave',
      failover,
    );
  });
});
