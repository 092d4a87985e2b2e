/**
 * Runs the chart on a cluster of one node that is made for it, with real pods: installs the example for one node, has
 * `helm test` place calls, rolls every tier under calls, disturbs it, and uninstalls it.
 * `node loadtest/pods.ts --programs FOLDER --images FOLDER`, as CONTRIBUTING.md says where to get them; as root, with kubectl,
 * etcd, containerd, runc and its network plugins, and helm as the tests have built it.
 *
 * Ends with 1 unless all pods come up, every objective is met, no call is lost while pods are replaced, and nothing is left.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chart } from '../test/chart/chart.ts';
import { until } from '../test/harness/deadline.ts';
import { toolFolder } from '../test/tools.ts';
import { address, ClusterNode, plugIn } from './cluster-node.ts';
import { Kubernetes } from './kubernetes.ts';
import { insideNamespace, say } from './measure.ts';

const { values } = parseArgs({ options: { programs: { type: 'string' }, images: { type: 'string' } } });
const release = 'sw';
const namespace = 'telephony';
const selector = `app.kubernetes.io/instance=${release}`;
const example = join(chart, '../../deploy/examples/values/single-node.yaml');
const settleTime = 180_000;
/** Two of each, so that one may go. */
const pairs = ['edge', 'router', 'media'].flatMap((tier) => ['--set', `${tier}.replicas=2`]);
/** Calls for as long as all tiers take to be replaced. */
const long = ['--set', 'calls.flags={--calls=180,--rate=2,--talk=10}', '--set', 'calls.deadlineSeconds=150'];
/** Deaths and spoiled RTP; nothing here would cut anybody off. */
const disturbed = ['--set', 'chaos.enabled=true', '--set', 'chaos.flags={--cuts=0}'];
const tiers = ['statefulset/sw-tandem-edge', 'statefulset/sw-tandem-media', 'deployment/sw-tandem-router'];

/** A release of the chart in a cluster. */
class Release {
  readonly #cluster: Kubernetes;

  constructor(cluster: Kubernetes) {
    this.#cluster = cluster;
  }

  helm(...args: readonly string[]): Promise<string> {
    return this.#cluster.client(join(toolFolder, 'helm'), '-n', namespace, '--timeout', '300s', ...args);
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.#cluster.kubectl('-n', namespace, ...args);
  }

  /** What a test pod said; its failure is in there as well. */
  async test(...names: readonly string[]): Promise<string> {
    const filters = names.flatMap((name) => ['--filter', `name=${release}-tandem-${name}`]);
    const failure = await this.helm('test', release, ...filters).then(() => '', String);
    const said = names.map((name) => this.kubectl('logs', `${release}-tandem-${name}`));
    return [...(await Promise.all(said)), failure].join('');
  }

  /** Until all pods that stay are ready, and none goes. */
  settled(): Promise<void> {
    const told = '{range .items[*]}{.metadata.deletionTimestamp}{.status.containerStatuses[*].ready} {end}';
    const stays = `${selector},!batch.kubernetes.io/job-name,app.kubernetes.io/component in (edge,router,media,nats,redis,etcd)`;
    return until(
      () => 'pods that are ready',
      async () => {
        const states = await this.kubectl('get', 'pods', '-l', stays, '-o', `jsonpath=${told}`);
        return (
          states.trim() !== '' &&
          states
            .trim()
            .split(/\s+/)
            .every((state) => state === 'true')
        );
      },
      settleTime,
    );
  }

  /** Replaces every pod of a tier after the other. */
  async roll(): Promise<void> {
    for (const tier of tiers) {
      await this.kubectl('rollout', 'restart', tier);
      await this.kubectl('rollout', 'status', tier, '--timeout', '300s');
    }
  }

  async left(): Promise<string[]> {
    const kinds = 'all,secret,configmap,networkpolicy,pdb,serviceaccount,role,rolebinding';
    return (await this.kubectl('get', kinds, '-l', selector, '-o', 'name')).split('\n').filter(Boolean);
  }
}

/** What is not as it should be. */
async function life(sw: Release): Promise<string[]> {
  const wrong: string[] = [];
  const expect = (what: string, isSo: boolean): void => {
    say(`${isSo ? 'ok    ' : 'WRONG '} ${what}`);
    if (!isSo) wrong.push(what);
  };
  const isMet = (said: string): boolean => /^(slo|chaos) met\b/m.test(said) && !said.includes('Error');
  const began = performance.now();
  await sw.helm('install', release, chart, '--values', example);
  await sw.settled();
  say(`installed, and all pods ready, after ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const tested = await sw.test('doctor', 'calls');
  say(tested);
  expect('helm test finds every address, and calls that meet the objectives', isMet(tested));
  await sw.helm('upgrade', release, chart, '--values', example, ...pairs, ...long);
  await sw.settled();
  const [during] = await Promise.all([sw.test('calls'), sw.roll()]);
  say(during);
  expect('edges, media workers and routers are replaced, and no call is lost', isMet(during));
  await sw.settled();
  await sw.helm('upgrade', release, chart, '--values', example, ...pairs, ...disturbed);
  await sw.settled();
  const report = await sw.test('chaos');
  say(report);
  expect('pods are killed, and the objectives are met', isMet(report));
  await sw.helm('uninstall', release);
  // Helm keeps them for their logs.
  await sw.kubectl('delete', 'pods', '-l', `${selector},app.kubernetes.io/component in (doctor,calls,chaos)`);
  await until(
    () => 'nothing that is left',
    async () => (await sw.left()).length === 0,
    settleTime,
  ).catch(() => undefined);
  const left = await sw.left();
  expect(`nothing is left${left.map((name) => ` ${name}`).join('')}`, left.length === 0);
  return wrong;
}

async function main(programs: string, images: string): Promise<number> {
  await plugIn();
  const own = {
    apiserver: join(programs, 'kube-apiserver'),
    controllers: join(programs, 'kube-controller-manager'),
  };
  const cluster = await Kubernetes.start(own, address);
  let node: ClusterNode | undefined;
  try {
    node = await ClusterNode.start(cluster, programs, images);
    say(await cluster.kubectl('get', 'nodes', '-o', 'wide'));
    await cluster.kubectl('create', 'namespace', namespace);
    await cluster.kubectl('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted');
    const wrong = await life(new Release(cluster)).catch(async (error: unknown) => {
      say(await cluster.kubectl('-n', namespace, 'get', 'pods,events'));
      throw error;
    });
    say(wrong.length === 0 ? 'all as it should be' : `not as it should be: ${wrong.join('; ')}`);
    return wrong.length;
  } finally {
    await cluster.stop();
    await node?.stop();
  }
}

const { programs, images } = values;
if (programs === undefined || images === undefined) {
  say('usage: node loadtest/pods.ts --programs FOLDER --images FOLDER');
  process.exitCode = 2;
} else if (insideNamespace()) process.exitCode = (await main(programs, images)) === 0 ? 0 : 1;
