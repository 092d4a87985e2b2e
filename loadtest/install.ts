/**
 * Installs the chart at a real API server, upgrades it, rolls it back and uninstalls it. No container runs: there is no
 * kubelet, and the pods of hooks are said to have succeeded, or failed, by this program.
 * `node loadtest/install.ts --apiserver FILE --controllers FILE`, programs of Kubernetes that CONTRIBUTING.md says how to build;
 * as root, with kubectl and etcd, and helm as the tests have built it.
 *
 * Ends with 1 unless every scenario of charts/tandem/ci is taken by the server, the pods of the smallest are admitted under
 * Pod Security `restricted`, an upgrade whose check fails changes nothing, the generated secret outlives upgrade and
 * rollback, and nothing is left after the end.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chart, scenarios } from '../test/chart/chart.ts';
import { until } from '../test/harness/deadline.ts';
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
/** That a hook may take; a job that fails is tried again after 10 and 20 s. */
const hookTime = '120s';

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

/** Says of all pods of jobs that they ended so, as a kubelet does, until `signal` says that it is enough. */
async function endJobs(
  cluster: Kubernetes,
  phase: 'Succeeded' | 'Failed',
  signal: AbortSignal,
): Promise<void> {
  const status = JSON.stringify({ status: { phase } });
  while (!signal.aborted) {
    for (const pod of await names(cluster, 'pods', 'batch.kubernetes.io/job-name').catch(() => []))
      await kubectl(cluster, 'patch', pod, '--subresource=status', '--type=merge', '-p', status).catch(
        () => undefined,
      );
    await delay(500);
  }
}

/** Does something of helm's whose hooks end so. */
async function withHooks<T>(
  cluster: Kubernetes,
  phase: 'Succeeded' | 'Failed',
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const jobs = endJobs(cluster, phase, over.signal);
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
async function life(cluster: Kubernetes): Promise<string[]> {
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

  await withHooks(cluster, 'Succeeded', () => helm(cluster, 'install', release, chart, ...trial));
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

  const more = ['--set', 'edge.replicas=5'];
  const failed = await withHooks(cluster, 'Failed', () =>
    helm(cluster, 'upgrade', release, chart, ...trial, ...more).then(() => '', String),
  );
  expect('an upgrade whose check fails ends', failed.includes('pre-upgrade hooks failed'));
  expect('and changes nothing', (await edges()) === before);
  await withHooks(cluster, 'Succeeded', () => helm(cluster, 'upgrade', release, chart, ...trial, ...more));
  expect('an upgrade changes what is asked for', (await edges()) === '5');
  expect('and keeps what was generated', (await secret()) === generated);
  await withHooks(cluster, 'Succeeded', () => helm(cluster, 'rollback', release, '1'));
  expect('a rollback takes it back', (await edges()) === before);
  expect('and keeps what was generated', (await secret()) === generated);
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
  const cluster = await Kubernetes.start(apiserver, controllers);
  try {
    say(await cluster.kubectl('version'));
    await cluster.kubectl('create', 'namespace', namespace);
    const labels = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await cluster.kubectl('label', 'namespace', namespace, ...labels);
    const crds = join(toolFolder, 'schemas/crds');
    for (const file of await readdir(crds))
      await cluster.kubectl('apply', '--server-side', '-f', join(crds, file));
    const wrong = [...(await refusals(cluster)), ...(await life(cluster))];
    say(wrong.length === 0 ? 'all as it should be' : `not as it should be: ${wrong.join('; ')}`);
    return wrong.length;
  } finally {
    await cluster.stop();
  }
}

const { apiserver, controllers } = values;
if (apiserver === undefined || controllers === undefined) {
  say('usage: node loadtest/install.ts --apiserver FILE --controllers FILE');
  process.exitCode = 2;
} else if (insideNamespace()) process.exitCode = (await main(apiserver, controllers)) === 0 ? 0 : 1;
