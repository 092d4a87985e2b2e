import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { Network } from '../harness/network.ts';
import { type Servers, startServers } from '../harness/servers.ts';
import { MAIN, type Program, TandemProcess } from '../harness/tandem-process.ts';
import { find, type Manifest, render, type Values } from './chart.ts';
import { environment, type Variable } from './environment.ts';

/** A name that only pods know. */
const name = 'sw-tandem-sip.default.svc.cluster.local';
const forward = 'kubectl -n default port-forward deploy/sw-tandem-router 8080:8080';
const patience = 60_000;

needs('helm')('the doctor of `helm test`', () => {
  const pod = async (values: Values = {}, scenario?: string): Promise<Manifest> =>
    find(await render(values, scenario), 'Pod', 'doctor');

  it('comes before calls, away from edges and workers if it can', async () => {
    const { metadata, spec } = await pod();
    expect(metadata.annotations).toMatchObject({ 'helm.sh/hook': 'test', 'helm.sh/hook-weight': '0' });
    const preferred = spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    expect(
      preferred.map(({ podAffinityTerm: { labelSelector, topologyKey } }: Manifest) => [
        labelSelector.matchLabels['app.kubernetes.io/component'],
        topologyKey,
      ]),
    ).toEqual([
      ['edge', 'kubernetes.io/hostname'],
      ['media', 'kubernetes.io/hostname'],
    ]);
    expect(spec.automountServiceAccountToken).toBe(false);
  });

  it.each([
    ['trial', ['--reached-within', 'sip,rtp', '--forward', forward]],
    ['load-balancer', ['--services', 'app.kubernetes.io/instance=sw', '--forward', forward]],
    ['host-network', ['--forward', forward]],
  ])('knows whether all are within the cluster who are told addresses: %s', async (scenario, more) => {
    const { args } = (await pod({}, scenario)).spec.containers[0];
    expect(args).toEqual(['doctor', '--from', 'pod', ...more]);
  });

  it('sees the Services that lead in from outside, where there are any, and nothing else', async () => {
    const manifests = await render({}, 'port-slices');
    expect(find(manifests, 'Pod', 'doctor').spec).toMatchObject({
      serviceAccountName: 'sw-tandem-doctor',
      automountServiceAccountToken: true,
    });
    expect(find(manifests, 'Role', 'doctor').rules).toEqual([
      { apiGroups: [''], resources: ['services'], verbs: ['list'] },
    ]);
    const { roleRef, subjects } = find(manifests, 'RoleBinding', 'doctor');
    expect([roleRef.name, subjects[0].name]).toEqual(['sw-tandem-doctor', 'sw-tandem-doctor']);
    expect(find(manifests, 'ServiceAccount', 'doctor').automountServiceAccountToken).toBe(false);
  });

  it('may be changed and left out like any other', async () => {
    const changed = await pod({
      'doctor.pod.merge': { spec: { priorityClassName: 'low' } },
      'doctor.flags': ['--output=json'],
    });
    expect(changed.spec.priorityClassName).toBe('low');
    expect(changed.spec.containers[0].args.at(-1)).toBe('--output=json');
    const without = await render({ 'doctor.enabled': false });
    expect(without.filter(({ metadata }) => metadata.name === 'sw-tandem-doctor')).toEqual([]);
  });

  it('asks the bus alone, and is let through to every address', async () => {
    const manifests = await render({ 'networkPolicy.except': ['10.0.0.0/8'] });
    const asked = find(manifests, 'Pod', 'doctor').spec.containers[0].env.map(
      ({ name: each }: Variable) => each,
    );
    expect(asked).toEqual([
      'NATS_PASSWORD',
      'HOST_IPS',
      'TANDEM_HOST_ADDRESSES',
      'TANDEM_NATS_URL',
      'TANDEM_REGION',
    ]);
    const { egress } = find(manifests, 'NetworkPolicy', 'doctor').spec;
    expect(egress.at(-1).to).toContainEqual({ ipBlock: { cidr: '0.0.0.0/0' } });
    const clients = (server: string): readonly string[] =>
      find(manifests, 'NetworkPolicy', server).spec.ingress[0].from.map(
        ({ podSelector }: Manifest) => podSelector.matchLabels['app.kubernetes.io/component'],
      );
    expect(clients('nats')).toContain('doctor');
    expect([...clients('redis'), ...clients('etcd')]).not.toContain('doctor');
  });
});

/** Runs where a script has changed mounts. */
const after = (script: string): Program => ({
  node: ['unshare', '--mount', 'sh', '-ec', `${script}; exec "$@"`, 'sh', process.execPath],
  main: MAIN,
});

/** The nodes of a release, each on a machine of its own, and the pod of its doctor. */
interface Installation {
  readonly edge: Host;
  readonly media: Host;
  readonly doctor: Manifest;
}

/** Commands that change the machine of a doctor, whose address is given, or another one. */
type Change = (pod: string) => readonly (readonly [Host | undefined, string])[];

needs(
  'helm',
  'namespace',
  'nats-server',
  'redis-server',
  'etcd',
)('the doctor of `helm test`, run as its pod runs it', () => {
  vi.setConfig({ testTimeout: 90_000 });
  let network: Network;
  let servers: Servers;
  /** The address of the Service of the trial, and one that the nodes of the site say they share. */
  let service: string;
  let shared: string;
  let trial: Installation;
  let site: Installation;

  async function install(values: Values): Promise<Installation> {
    const url = ({ url }: { readonly url: string }): object => ({ enabled: false, external: { url } });
    const backings = { nats: url(servers.nats), redis: url(servers.redis), etcd: url(servers.etcd) };
    const manifests = await render({ ...values, ...backings, 'media.httpPort': 8080 });
    const start = async (tier: string): Promise<Host> => {
      const host = await network.host(tier);
      const { containers, hostNetwork } = find(manifests, 'StatefulSet', tier).spec.template.spec;
      const machine = hostNetwork ? host.address : network.gateway;
      const place = { address: host.address, machine, pod: `sw-tandem-${tier}-0` };
      const variables = environment(containers[0].env as Variable[], place);
      const program = after('mount -t tmpfs tmpfs /var/lib');
      await new TandemProcess(host, [program.main, ...containers[0].args], variables, program).start();
      return host;
    };
    const [edge, media] = await Promise.all([start('edge'), start('media')]);
    return { edge, media, doctor: find(manifests, 'Pod', 'doctor') };
  }

  async function run(
    { doctor }: Installation,
    change: Change,
  ): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
    const host = await network.host('doctor');
    for (const [at = host, script] of change(host.address)) await at.run(['sh', '-c', script]);
    const hosts = join(await mkdtemp(join(tmpdir(), 'doctor-')), 'hosts');
    await writeFile(hosts, `${service} ${name}\n`);
    const { args, env } = doctor.spec.containers[0];
    const place = { address: host.address, machine: network.gateway, pod: 'sw-tandem-doctor' };
    const { main, node } = after(`mount --bind ${hosts} /etc/hosts`);
    const running = host.spawn([...node, main, ...args], { env: environment(env as Variable[], place) });
    const { code } = await running.ended(patience);
    return { code, lines: running.transcript.map((line) => line.replace(/ {2,}/g, ' | ')) };
  }

  /** As kube-proxy leads what a pod sends to a Service. */
  const leads = (protocol: 'udp' | 'tcp', from: string, to: Host): readonly [undefined, string] => [
    undefined,
    `iptables -w -t nat -A OUTPUT -d ${from} -p ${protocol} --dport 5060 -j DNAT --to-destination ${to.address}`,
  ];
  const matching = (...lines: readonly (string | RegExp)[]): readonly unknown[] =>
    lines.map((line) => expect.stringMatching(line));
  const nodes = ['node | edge | ok | sw-tandem-edge-0', 'node | media | ok | sw-tandem-media-0'];

  beforeAll(async () => {
    network = await Network.open('the doctor of the chart');
    servers = await startServers(network);
    [service, shared] = [network.freeAddress(), network.freeAddress()];
    [trial, site] = await Promise.all([
      install({ region: 'trial' }),
      install({
        region: 'site',
        'edge.expose': 'hostNetwork',
        'edge.address': shared,
        'media.expose': 'hostNetwork',
        'networkPolicy.nodes': ['10.64.0.0/10'],
      }),
    ]);
  }, 120_000);

  afterAll(() => network.close());

  it.concurrent('finds a trial well, which it can say for all that are told its addresses', async () => {
    const { code, lines } = await run(trial, () => [
      leads('udp', service, trial.edge),
      leads('tcp', service, trial.edge),
    ]);
    expect({ code, lines }).toEqual({
      code: 0,
      lines: matching(
        ...nodes,
        `^sip \\| tcp://${name}:5060 \\| ok \\| answered 200; by this way all reach it who are told$`,
        `^sip \\| udp://${name}:5060 \\| ok \\| answered by sw-tandem-edge-0, .*; by this way all reach it who are told$`,
        `^rtp \\| rtp ${trial.media.address} of sw-tandem-media-0 \\| ok \\| 20000-29998: .*; by this way all reach it who are told$`,
      ),
    });
  });

  it.concurrent('fails where the Service of a trial leads TCP alone, and RTP is dropped', async () => {
    const { code, lines } = await run(trial, (pod) => [
      leads('tcp', service, trial.edge),
      [trial.media, `iptables -w -A INPUT -p udp -s ${pod} -j DROP`],
    ]);
    expect({ code, lines: lines.filter((line) => !line.includes(' | ok | ')) }).toEqual({
      code: 1,
      lines: matching(
        /^sip .* \| failed \| UDP to \S+:5060 does not arrive, TCP does \[address: The Service of UDP is missing/,
        /^rtp .* \| failed \| RTP to \S+:20000 arrives at no node of the cluster/,
      ),
    });
  });

  it.concurrent('proves the addresses of machines, and says how the shared one is proven', async () => {
    const { code, lines } = await run(site, () => []);
    const outside = (transport: string): string =>
      `to prove the way from outside, run there: tandem doctor --from outside --target ${transport}://${shared}:5060`;
    const within = 'by its machine, but from within the cluster: what is before the machines was not passed';
    const untold = (transport: string): string =>
      `^sip \\| ${transport}://${shared}:5060 \\| warning \\| cannot be told from here: .*${outside(transport)}\\]$`;
    expect({ code, lines }).toEqual({
      code: 0,
      lines: matching(
        ...nodes,
        `^sip \\| tcp://${site.edge.address}:5060 \\| ok \\| answered 200; ${within}; `,
        untold('tcp'),
        `^sip \\| udp://${site.edge.address}:5060 \\| ok \\| answered by sw-tandem-edge-0, .*; ${within}; `,
        untold('udp'),
        `^rtp \\| rtp ${site.media.address} .* ok .*; ${within}; .* run there: ${forward} & tandem doctor --from outside`,
      ),
    });
  });

  it.concurrent('fails where a machine holds half of the ports, and takes no kube-proxy for the outside', async () => {
    const { code, lines } = await run(site, (pod) => [
      leads('udp', shared, site.edge),
      leads('tcp', shared, site.edge),
      [site.media, `iptables -w -A INPUT -p udp -s ${pod} --dport 25000:29999 -j DROP`],
    ]);
    const short = 'but from within the cluster: kube-proxy may have answered for the load balancer; ';
    expect({ code, lines: lines.filter((line) => !line.includes(site.edge.address)) }).toEqual({
      code: 1,
      lines: matching(
        ...nodes,
        `^sip \\| tcp://${shared}:5060 \\| ok \\| answered 200; ${short}`,
        `^sip \\| udp://${shared}:5060 \\| ok \\| answered by sw-tandem-edge-0, .*; ${short}`,
        /^rtp .* \| failed \| of \S+, ports 20000, 22500 are open, 25000, 27498, 29998 are not: /,
      ),
    });
  });
});
