import { Kubernetes } from '@tandem/platform';
import { expect, it, onTestFinished } from 'vitest';
import { KubernetesServer } from '../../../../test/harness/kubernetes-server.ts';
import { needs } from '../../../../test/harness/needs.ts';
import type { Examined } from '../doctor/doctor.ts';
import { isWell, reportLine } from '../doctor/report.ts';
import { type Needs, parseApis, parseSecrets } from './needs.ts';
import { preflight } from './preflight.ts';

const describe = needs('openssl');
const storage = '/apis/storage.k8s.io/v1/storageclasses';
const namespace = '/api/v1/namespaces/tandem';
const level = 'pod-security.kubernetes.io/enforce';

/** All that can be asked for. */
const all: Needs = {
  kubernetes: { major: 1, minor: 29 },
  apis: parseApis('keda.sh/v1alpha1/ScaledObject,external.metrics.k8s.io/v1beta1'),
  defaultStorageClass: true,
  storageClasses: ['fast'],
  loadBalancer: true,
  hostNetwork: true,
  secrets: parseSecrets('tls:tls.crt:tls.key,resources'),
};

/** A cluster that has it. */
function putAll(api: KubernetesServer): void {
  api.put('/version', { gitVersion: 'v1.34.0' });
  api.put('/apis/keda.sh/v1alpha1', { resources: [{ kind: 'ScaledJob' }, { kind: 'ScaledObject' }] });
  api.put('/apis/external.metrics.k8s.io/v1beta1', { resources: [] });
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  api.put(`${storage}/usual`, { metadata: { annotations } });
  api.put(`${storage}/fast`);
  api.put('/api/v1/namespaces/web/services/front', {
    metadata: { namespace: 'web' },
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } },
  });
  api.put(namespace, { metadata: { labels: { [level]: 'privileged' } } });
  api.put(`${namespace}/secrets/tls`, { data: { 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5LW9mLXRscw==' } });
  api.put(`${namespace}/secrets/resources`, { data: {} });
}

interface Look {
  readonly well: boolean;
  readonly lines: readonly string[];
  readonly api: KubernetesServer;
}

/** What is said of a cluster that has all but what is changed. */
async function look(change: (api: KubernetesServer) => void = () => undefined, wanted = all): Promise<Look> {
  const api = await KubernetesServer.start();
  const asked = Kubernetes.inCluster(api.env, api.folder)!;
  onTestFinished(() => {
    asked.close();
    return api.close();
  });
  putAll(api);
  change(api);
  const results: Examined[] = [];
  for await (const result of preflight(asked, wanted)) results.push(result);
  return { well: isWell(results), lines: results.map(reportLine), api };
}

describe('a look at a cluster', () => {
  it('finds all that is needed, and changes nothing', async () => {
    const { api, lines, well } = await look();
    expect(lines.filter((line) => !/ {2}ok {2}/.test(line.replace(/ +/g, '  ')))).toEqual([]);
    expect([well, lines.length]).toEqual([true, 10]);
    expect(lines.join()).not.toContain('a2V5');
    expect(new Set(api.requests.map(({ verb }) => verb))).toEqual(new Set(['get', 'list']));
  });

  it('asks for no more than what is needed', async () => {
    const { api, well } = await look(undefined, { kubernetes: { major: 1, minor: 29 } });
    expect(well).toBe(true);
    expect(new Set(api.requests.map(({ path }) => path))).toEqual(new Set(['/version']));
  });

  it.each<[string, (api: KubernetesServer) => void, RegExp]>([
    [
      'an old API',
      (api) => api.put('/version', { gitVersion: 'v1.28.9-eks-1' }),
      /version +failed +v1\.28\.9-eks-1 is older than 1\.29 \[.*upgrade/,
    ],
    [
      'no KEDA',
      (api) => api.objects.delete('/apis/keda.sh/v1alpha1'),
      /ScaledObject +failed +nothing serves keda\.sh\/v1alpha1 \[.*install KEDA/,
    ],
    [
      'a KEDA without the kind',
      (api) => api.put('/apis/keda.sh/v1alpha1', { resources: [] }),
      /failed +keda\.sh\/v1alpha1 has no ScaledObject/,
    ],
    [
      'no metrics of others',
      (api) => api.objects.delete('/apis/external.metrics.k8s.io/v1beta1'),
      /external\.metrics\.k8s\.io +failed .*prometheus-adapter/,
    ],
    [
      'no default class',
      (api) => api.put(`${storage}/usual`),
      /default storage class +failed +none of usual, fast is the default \[.*persistence\.storageClass/,
    ],
    [
      'no class of a name',
      (api) => api.objects.delete(`${storage}/fast`),
      /storage class +failed +there is no fast/,
    ],
    [
      'Pod Security',
      (api) => api.put(namespace, { metadata: { labels: { [level]: 'baseline' } } }),
      /Pod Security +failed +namespace tandem enforces baseline \[.*=privileged/,
    ],
    [
      'no secret',
      (api) => api.objects.delete(`${namespace}/secrets/resources`),
      /secret +failed +there is no resources in namespace tandem \[.*kubectl create secret generic resources\]/,
    ],
    [
      'a secret without a key',
      (api) => api.put(`${namespace}/secrets/tls`, { data: { 'tls.crt': '' } }),
      /secret +failed +tls lacks tls\.key \[/,
    ],
    [
      'no right to look',
      (api) => api.forbidden.add('list storageclasses'),
      /default storage class +failed .*a ClusterRole with the verb list on storageclasses of storage\.k8s\.io/,
    ],
  ])('names %s, and that alone', async (_, change, line) => {
    const { lines, well } = await look(change);
    const failed = lines.filter((each) => each.includes('failed'));
    expect([well, failed.length]).toEqual([false, 1]);
    expect(failed[0]).toMatch(line);
    expect(lines).toHaveLength(10);
  });

  it('warns where no load balancer has got an address', async () => {
    const pending = { spec: { type: 'LoadBalancer' }, status: { loadBalancer: {} } };
    const { lines, well } = await look((api) => api.put('/api/v1/namespaces/web/services/front', pending));
    expect([well, lines.filter((line) => line.includes('warning'))]).toEqual([
      true,
      [expect.stringMatching(/load balancer +warning +none of 1 Service .*MetalLB/)],
    ]);
  });

  it('says that the API does not answer, and no more', async () => {
    const { lines, well } = await look((api) => {
      api.token = 'another';
    });
    expect(well).toBe(false);
    expect(lines[0]).toMatch(/API +failed +kubernetes-refused: get \/version: 401/);
    expect(lines.slice(1).filter((line) => !line.endsWith('skipped'))).toEqual([]);
  });
});
