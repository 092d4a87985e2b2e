/**
 * Installs the chart at a real API server, upgrades it, rolls it back and uninstalls it. There is no kubelet: this
 * program runs what the hooks on the configuration run, with their variables, against an etcd that stands for that of the
 * chart, and says of the pods of all other hooks that they have succeeded. Nothing else runs.
 * `node loadtest/install.ts --apiserver FILE --controllers FILE`, programs of Kubernetes that CONTRIBUTING.md says how to build;
 * as root, with kubectl and etcd, and helm as the tests have built it.
 *
 * Ends with 1 unless every scenario of charts/tandem/ci is taken by the server, the pods of the smallest are admitted under
 * Pod Security `restricted`, an upgrade that would lose a field names it and changes nothing, the configuration is the
 * same octets before and after an upgrade, with a backup of before, the generated secret outlives upgrade and
 * rollback, and nothing is left after the end.
 */
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  commit,
  configurationPrefix,
  createLog,
  Etcd,
  etcdUrl,
  list,
} from '../packages/platform/src/index.ts';
import { chart, scenarios } from '../test/chart/chart.ts';
import { environment } from '../test/chart/environment.ts';
import { type JobPod, runPod } from '../test/chart/job.ts';
import { until } from '../test/harness/deadline.ts';
import { EtcdServer } from '../test/harness/etcd-server.ts';
import { toolFolder } from '../test/tools.ts';
import { Kubernetes } from './kubernetes.ts';
import { insideNamespace, say } from './measure.ts';

const { values } = parseArgs({
  options: { apiserver: { type: 'string' }, controllers: { type: 'string' } },
});
const release = 'sw';
const namespace = 'telephony';
const selector = `app.kubernetes.io/instance=${release}`;
const settleTime = 60_000;
/** Of a user whom nobody but this program has applied. */
const user = 'kind: User\napiVersion: tandem/v1\nmetadata: { tenant: acme, name: "1001" }\n';
/** That a hook may take; a job that fails is tried again after 10 and 20 s. */
const hookTime = '120s';

/** What the hooks that failed said. */
const complaints: string[] = [];

function helm(cluster: Kubernetes, ...args: readonly string[]): Promise<string> {
  return cluster.client(join(toolFolder, 'helm'), '-n', namespace, '--timeout', hookTime, ...args);
}

function kubectl(cluster: Kubernetes, ...args: readonly string[]): Promise<string> {
  return cluster.kubectl('-n', namespace, ...args);
}

/** Names of objects of these kinds; of the release's if nobody says. */
async function names(cluster: Kubernetes, kinds: string, labels: string = selector): Promise<string[]> {
  const listed = await kubectl(cluster, 'get', kinds, '-l', labels, '-o', 'name');
  return listed.split('\n').filter(Boolean);
}

/** Ends the pods of all jobs as a kubelet does, those on the configuration by running them, until `signal` says that it is enough. */
async function endJobs(cluster: Kubernetes, etcd: EtcdServer, signal: AbortSignal): Promise<void> {
  const ended = new Set<string>();
  while (!signal.aborted) {
    for (const pod of await names(cluster, 'pods', 'batch.kubernetes.io/job-name').catch(() => [])) {
      if (ended.has(pod)) continue;
      ended.add(pod);
      const phase = await phaseOf(cluster, etcd, pod);
      const status = JSON.stringify({ status: { phase } });
      await kubectl(cluster, 'patch', pod, '--subresource=status', '--type=merge', '-p', status);
    }
    await delay(500);
  }
}

/** How a pod of a job ends. */
async function phaseOf(cluster: Kubernetes, etcd: EtcdServer, pod: string): Promise<'Succeeded' | 'Failed'> {
  if (!/before-upgrade|configuration/.test(pod)) return 'Succeeded';
  const { spec } = JSON.parse(await kubectl(cluster, 'get', pod, '-o', 'json')) as { spec: JobPod };
  return run(cluster, etcd, spec).then(
    (said) => {
      say(`${pod}: ${said.trim()}`);
      return 'Succeeded';
    },
    (error: Error) => {
      say(`${pod}: ${error.message.trim()}`);
      complaints.push(error.message);
      return 'Failed';
    },
  );
}

async function secretOf(cluster: Kubernetes, name: string): Promise<Record<string, string>> {
  const read = await kubectl(cluster, 'get', 'secret', `${release}-tandem-${name}`, '-o', 'json');
  const { data } = JSON.parse(read) as { data: Record<string, string> };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

/** Runs a pod on the configuration, with the secrets of the cluster and another etcd. */
async function run(cluster: Kubernetes, etcd: EtcdServer, pod: JobPod): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-configuration-'));
  for (const [file, text] of Object.entries(await secretOf(cluster, 'configuration')))
    await writeFile(join(folder, file), text);
  const secrets = await secretOf(cluster, 'secrets');
  return runPod(pod, {
    mounts: { '/etc/tandem/configuration': folder },
    environment: (variables) => {
      const secret = (name: string): string | undefined => secrets[name.slice(name.indexOf('/') + 1)];
      const known = environment(variables, { address: '192.0.2.1', pod: 'job', secret });
      const here = new URL(etcd.url).host;
      return { ...known, TANDEM_ETCD_URL: known.TANDEM_ETCD_URL!.replace(/(?<=@)[^,]*/, here) };
    },
  });
}

/** Does something of helm's with its hooks. */
async function withHooks<T>(cluster: Kubernetes, etcd: EtcdServer, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const jobs = endJobs(cluster, etcd, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
    await jobs;
  }
}

function valuesOf(scenario: string): string[] {
  return ['--values', join(chart, 'ci', `${scenario}-values.yaml`)];
}

/** The scenarios that the server does not take, with its complaints. */
async function refusals(cluster: Kubernetes): Promise<string[]> {
  const refused: string[] = [];
  for (const scenario of scenarios) {
    const complaint = await helm(
      cluster,
      'install',
      release,
      chart,
      ...valuesOf(scenario),
      '--dry-run=server',
    ).then(() => '', String);
    say(`${scenario}: ${complaint ? 'refused' : 'taken'}`);
    if (complaint) refused.push(`${scenario}: ${complaint}`);
  }
  return refused;
}

/** What is not as it should be in the life of a release. */
async function life(cluster: Kubernetes, server: EtcdServer): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (what: string, isSo: boolean): void => {
    say(`${isSo ? 'ok    ' : 'WRONG '} ${what}`);
    if (!isSo) wrong.push(what);
  };
  const trial = valuesOf('trial');
  const edges = async (): Promise<string> =>
    (
      await kubectl(
        cluster,
        'get',
        'sts,deploy',
        '-l',
        `${selector},app.kubernetes.io/component=edge`,
        '-o',
        'jsonpath={.items[0].spec.replicas}',
      )
    ).trim();
  const secret = async (): Promise<string> =>
    kubectl(cluster, 'get', 'secret', '-l', selector, '-o', 'jsonpath={.items[*].data}');

  await withHooks(cluster, server, () => helm(cluster, 'install', release, chart, ...trial));
  const pods = async (): Promise<string[]> =>
    names(cluster, 'pods', `${selector},!batch.kubernetes.io/job-name`);
  await until(
    () => 'pods of every tier',
    async () => (await pods()).length >= 7,
    settleTime,
  );
  const events = await kubectl(cluster, 'get', 'events', '-o', 'jsonpath={.items[*].message}');
  expect(`${(await pods()).length} pods are admitted under restricted`, !/forbidden|violates/.test(events));
  const [before, generated] = [await edges(), await secret()];

  const { 'etcd-password': password } = await secretOf(cluster, 'secrets');
  const address = etcdUrl.parse(server.url.replace('//', `//root:${password}@`));
  const etcd = new Etcd({ address, log: createLog({ level: 'silent', node: 'install', destination: 2 }) });
  await etcd.connection(settleTime);
  const stored = async (): Promise<string> =>
    JSON.stringify(
      [...(await list(etcd, configurationPrefix)).entries].map(([key, { value }]) => [key, value]),
    );
  const put = (spec: string): Promise<unknown> =>
    commit(etcd, [], [{ key: `${configurationPrefix}User/acme/1001`, value: `${user}spec: ${spec}\n` }]);
  await put('{ credentials: { password: x }, voicemail: 1 }');

  const more = ['--set', 'edge.replicas=5'];
  const failed = await withHooks(cluster, server, () =>
    helm(cluster, 'upgrade', release, chart, ...trial, ...more).then(() => '', String),
  );
  expect('an upgrade that would lose a field ends', failed.includes('pre-upgrade hooks failed'));
  expect(
    'and names it',
    complaints.some((each) => each.includes('User/1001 spec.voicemail: is unknown')),
  );
  expect('and changes nothing', (await edges()) === before);
  await put('{ credentials: { password: x } } # by hand');
  const populated = await stored();
  await withHooks(cluster, server, () => helm(cluster, 'upgrade', release, chart, ...trial, ...more));
  expect('an upgrade changes what is asked for', (await edges()) === '5');
  expect('and leaves the configuration as it was, byte by byte', (await stored()) === populated);
  expect('and keeps what was generated', (await secret()) === generated);
  await withHooks(cluster, server, () => helm(cluster, 'rollback', release, '1'));
  expect('a rollback takes it back', (await edges()) === before);
  expect('and keeps what was generated', (await secret()) === generated);
  expect('and leaves the configuration as it was, byte by byte', (await stored()) === populated);
  await etcd.close();
  await helm(cluster, 'uninstall', release);
  const kinds = 'all,pvc,secret,configmap,networkpolicy,pdb,serviceaccount,role,rolebinding';
  await until(
    () => 'nothing that is left',
    async () => (await names(cluster, kinds)).length === 0,
    settleTime,
  ).catch(() => undefined);
  const left = await names(cluster, kinds);
  expect(`nothing is left${left.map((name) => ` ${name}`).join('')}`, left.length === 0);
  return wrong;
}

async function main(apiserver: string, controllers: string): Promise<number> {
  const cluster = await Kubernetes.start({ apiserver, controllers });
  const etcd = await EtcdServer.start();
  try {
    say(await cluster.kubectl('version'));
    await cluster.kubectl('create', 'namespace', namespace);
    const labels = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await cluster.kubectl('label', 'namespace', namespace, ...labels);
    const crds = join(toolFolder, 'schemas/crds');
    for (const file of await readdir(crds))
      await cluster.kubectl('apply', '--server-side', '-f', join(crds, file));
    const wrong = [...(await refusals(cluster)), ...(await life(cluster, etcd))];
    say(wrong.length === 0 ? 'all as it should be' : `not as it should be: ${wrong.join('; ')}`);
    return wrong.length;
  } finally {
    await etcd.close();
    await cluster.stop();
  }
}

const { apiserver, controllers } = values;
if (apiserver === undefined || controllers === undefined) {
  say('usage: node loadtest/install.ts --apiserver FILE --controllers FILE');
  process.exitCode = 2;
} else if (insideNamespace()) process.exitCode = (await main(apiserver, controllers)) === 0 ? 0 : 1;
