import { Kubernetes } from '@tandem/platform';
import { expect, it, onTestFinished } from 'vitest';
import { KubernetesServer } from '../../../../test/harness/kubernetes-server.ts';
import { needs } from '../../../../test/harness/needs.ts';
import { podsOf } from './pods.ts';

const describe = needs('openssl');
const path = '/api/v1/namespaces/tandem/pods';

function pod(component: string, { ready = 'True', instance = 'blue' } = {}, metadata = {}) {
  const labels = { 'app.kubernetes.io/instance': instance, 'app.kubernetes.io/component': component };
  return { metadata: { labels, ...metadata }, status: { conditions: [{ type: 'Ready', status: ready }] } };
}

describe('pods that may be killed', () => {
  it('are those of a tier of the release that serve, and have no time to say goodbye', async () => {
    const server = await KubernetesServer.start();
    const api = Kubernetes.inCluster(server.env, server.folder)!;
    onTestFinished(() => {
      api.close();
      return server.close();
    });
    server.put(`${path}/edge-0`, pod('edge'));
    server.put(`${path}/edge-1`, pod('edge'));
    server.put(`${path}/edge-2`, pod('edge', { ready: 'False' }));
    server.put(`${path}/edge-3`, pod('edge', {}, { deletionTimestamp: '2026-11-22T00:00:00Z' }));
    server.put(`${path}/edge-4`, { ...pod('edge'), status: {} });
    server.put(`${path}/green-0`, pod('edge', { instance: 'green' }));
    server.put(`${path}/router-0`, pod('router'));
    const pods = podsOf(api, 'app.kubernetes.io/instance=blue');
    expect(await pods.of('edge')).toEqual(['edge-0', 'edge-1']);
    await pods.kill('edge-1');
    expect(await pods.of('edge')).toEqual(['edge-0']);
    expect(server.requests.find(({ verb }) => verb === 'delete')).toEqual({
      verb: 'delete',
      path: `${path}/edge-1`,
      query: '?gracePeriodSeconds=0',
    });
  });
});
