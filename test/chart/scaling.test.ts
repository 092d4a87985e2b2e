import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../harness/deadline.ts';
import { needs } from '../harness/needs.ts';
import { PrometheusServer } from '../harness/prometheus-server.ts';
import { documentedMetrics } from '../harness/scrape.ts';
import { find, type Manifest, refusal, render } from './chart.ts';

const describe = needs('helm');

interface Trigger {
  readonly type: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const triggersOf = (manifest: Manifest): Trigger[] => manifest.spec.triggers as Trigger[];
const rulesOf = (manifests: readonly Manifest[]): { record: string; expr: string; labels: object }[] =>
  find(manifests, 'PrometheusRule', 'scaling').spec.groups[0].rules;
const kinds = (manifests: readonly Manifest[]): string[] => manifests.map(({ kind }) => kind);

describe('the chart, scaled by calls', () => {
  let keda: Manifest[];
  let hpa: Manifest[];
  beforeAll(async () => {
    [keda, hpa] = await Promise.all([render({}, 'scaling-keda'), render({}, 'scaling-hpa')]);
  });

  it('has what scales a tier, and no number of pods besides', () => {
    for (const tier of ['edge', 'router', 'media']) {
      expect(find(keda, 'ScaledObject', tier).spec.scaleTargetRef).toEqual({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: `sw-tandem-${tier}`,
      });
      expect(find(keda, 'Deployment', tier).spec).not.toHaveProperty('replicas');
    }
    expect(find(keda, 'Deployment', 'trunk').spec.replicas).toBe(2);
    expect(find(hpa, 'HorizontalPodAutoscaler', 'media').spec.scaleTargetRef.kind).toBe('StatefulSet');
    expect(find(hpa, 'Deployment', 'router').spec.replicas).toBe(2);
    expect(kinds(hpa).filter((kind) => kind === 'HorizontalPodAutoscaler')).toHaveLength(2);
    expect(kinds(keda)).not.toContain('HorizontalPodAutoscaler');
  });

  it('adds nothing where nobody asks for it', async () => {
    const plain = await render();
    for (const kind of ['ScaledObject', 'HorizontalPodAutoscaler', 'Role', 'RoleBinding'])
      expect(kinds(plain)).not.toContain(kind);
    expect(JSON.stringify(plain)).not.toContain('TANDEM_POD_NAME');
  });

  it('asks only for metrics that there are', async () => {
    const known = new Set(await documentedMetrics());
    const queries = ['edge', 'router', 'media'].flatMap((tier) =>
      triggersOf(find(keda, 'ScaledObject', tier)).flatMap(({ metadata }) => metadata.query ?? []),
    );
    const asked = [...queries, ...rulesOf(hpa).map(({ expr }) => expr)].join().match(/\btandem_\w+/g)!;
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('has the same rule both ways', async () => {
    const [one, other] = await Promise.all(
      ['keda', 'hpa'].map((by) => render({ 'scaling.by': by }, 'scaling-keda')),
    );
    for (const tier of ['edge', 'router', 'media']) {
      const object = find(one!, 'ScaledObject', tier);
      const autoscaler = find(other!, 'HorizontalPodAutoscaler', tier).spec;
      const triggers = triggersOf(object).filter(({ type }) => type === 'prometheus');
      const recorded = autoscaler.metrics.map(({ external }: { external: Manifest }) => [
        rulesOf(other!).find(({ record }) => record === external.metric.name)?.expr,
        external.target.averageValue,
      ]);
      expect(recorded).toEqual(triggers.map(({ metadata }) => [metadata.query, metadata.threshold]));
      expect(autoscaler.behavior).toEqual(object.spec.advanced.horizontalPodAutoscalerConfig.behavior);
      expect([autoscaler.minReplicas, autoscaler.maxReplicas]).toEqual([
        object.spec.minReplicaCount,
        object.spec.maxReplicaCount,
      ]);
    }
  });

  it('follows shifts', () => {
    expect(triggersOf(find(keda, 'ScaledObject', 'edge')).filter(({ type }) => type === 'cron')).toEqual([
      {
        type: 'cron',
        metadata: {
          timezone: 'Europe/Madrid',
          start: '45 7 * * 1-5',
          end: '0 20 * * 1-5',
          desiredReplicas: '6',
        },
      },
    ]);
  });

  it('lets pods of a Deployment say what they cost, and do nothing else', () => {
    expect(find(keda, 'Role', 'scaling').rules).toEqual([
      { apiGroups: [''], resources: ['pods/status'], verbs: ['patch'] },
    ]);
    const who = (manifests: readonly Manifest[]): string[] =>
      find(manifests, 'RoleBinding', 'scaling').subjects.map(({ name }: { name: string }) => name);
    expect(who(keda)).toEqual(['sw-tandem-edge', 'sw-tandem-media']);
    expect(who(hpa)).toEqual(['sw-tandem-edge']);
    const pods = [
      find(keda, 'Deployment', 'edge'),
      find(keda, 'Deployment', 'router'),
      find(hpa, 'StatefulSet', 'media'),
    ].map(({ spec }) => spec.template.spec);
    expect(pods.map(({ automountServiceAccountToken }) => automountServiceAccountToken)).toEqual([
      true,
      false,
      false,
    ]);
    const names = pods.map(({ containers }) =>
      containers[0].env.filter(({ name }: { name: string }) => name === 'TANDEM_POD_NAME'),
    );
    expect(names).toEqual([[{ name: 'TANDEM_POD_NAME', value: '$(POD_NAME)' }], [], []]);
    expect(find(keda, 'NetworkPolicy', 'edge').spec.egress).toContainEqual({
      ports: [
        { port: 443, protocol: 'TCP' },
        { port: 6443, protocol: 'TCP' },
      ],
    });
  });

  it.each([
    [{ 'edge.kind': 'DaemonSet' }, 'scaling.edge: edge.kind is DaemonSet'],
    [{ 'scaling.prometheus': '' }, 'scaling.prometheus: where KEDA asks'],
    [{ 'scaling.by': 'cpu' }, '/scaling/by'],
    [{ 'scaling.edge.cpu.perPod': 1 }, 'cpu'],
    [{ 'scaling.edge.calls.perPod': -1 }, '/scaling/edge/calls/perPod'],
    [{ 'scaling.edge.shifts': [{ start: '0 8 * * *' }] }, '/scaling/edge/shifts/0'],
  ])('refuses %j', async (values, complaint) => {
    expect(await refusal(values, 'scaling-keda')).toContain(complaint);
  });
});

/** Metrics of pods as Prometheus scrapes them: a path for each. */
const pods = {
  'edge-a': [
    'tandem_calls_active{tenant="a"} 100',
    'tandem_calls_active{tenant="b"} 50',
    'tandem_edge_occupancy_ratio 0.5',
    'tandem_event_loop_delay_seconds{quantile="0.99"} 0.02',
    'tandem_event_loop_delay_seconds{quantile="1"} 9',
  ],
  'edge-b': ['tandem_edge_occupancy_ratio 0.2', 'tandem_event_loop_delay_seconds{quantile="0.99"} 0.01'],
  'media-a': [
    'tandem_media_port_occupancy_ratio 0.25',
    'tandem_event_loop_delay_seconds{quantile="0.99"} 0.03',
  ],
} as const;

needs('helm', 'prometheus')('expressions of the chart, by Prometheus itself', () => {
  const server = createServer(({ url = '' }, response) => {
    response.end(`${pods[url.slice(1) as keyof typeof pods].join('\n')}\n`);
  });
  let prometheus: PrometheusServer;
  let asked: Map<string, string>;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const manifests = await render({ 'scaling.by': 'hpa' }, 'scaling-keda');
    asked = new Map(rulesOf(manifests).map(({ expr, record }) => [record, expr]));
    prometheus = await PrometheusServer.start(find(manifests, 'PrometheusRule', 'scaling').spec);
    await prometheus.scrape(
      Object.keys(pods).map((pod) => ({
        address: `127.0.0.1:${port}`,
        labels: { namespace: 'default', pod: `sw-tandem-${pod}`, __metrics_path__: `/${pod}` },
      })),
    );
  });
  afterAll(async () => {
    server.close();
    await prometheus?.close();
  });

  const value = (metric: string): Promise<number | undefined> =>
    prometheus.value(asked.get(`tandem_scaling_${metric}`)!);

  it('are the sum over the pods of a tier, and the buffer', async () => {
    await until(
      () => 'three pods that are scraped',
      async () => (await prometheus.value('count(up == 1)')) === 3,
      20_000,
    );
    expect(await value('edge_calls')).toBe(450);
    expect(await value('edge_occupancy')).toBeCloseTo(0.7);
    expect(await value('edge_event_loop_delay')).toBeCloseTo(0.03);
    expect(await value('media_ports')).toBeCloseTo(0.25);
    // No call has been there yet, and a pod is.
    expect(await value('media_sessions')).toBe(100);
  });

  it('are nothing where no pod is scraped', async () => {
    expect([...asked.keys()].filter((metric) => metric.startsWith('tandem_scaling_router'))).toHaveLength(2);
    expect(await value('router_decisions_per_second')).toBeUndefined();
    expect(await value('router_event_loop_delay')).toBeUndefined();
  });

  it('are recorded for prometheus-adapter', async () => {
    const recorded = 'tandem_scaling_edge_calls{namespace="default",release="sw"}';
    await until(
      () => recorded,
      async () => (await prometheus.value(recorded)) === 450,
      25_000,
    );
  });
});
