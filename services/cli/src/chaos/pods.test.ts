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

async function start() {
  const server = await KubernetesServer.start();
  const api = Kubernetes.inCluster(server.env, server.folder)!;
  onTestFinished(() => {
    api.close();
    return server.close();
  });
  return { server, pods: podsOf(api, 'app.kubernetes.io/instance=blue') };
}

describe('pods that may be disturbed', () => {
  it('are those of a part of the release that serve', async () => {
    const { server, pods } = await start();
    server.put(`${path}/edge-0`, pod('edge'));
    server.put(`${path}/edge-1`, pod('edge'));
    server.put(`${path}/edge-2`, pod('edge', { ready: 'False' }));
    server.put(`${path}/edge-3`, pod('edge', {}, { deletionTimestamp: '2026-11-22T00:00:00Z' }));
    server.put(`${path}/edge-4`, { ...pod('edge'), status: {} });
    server.put(`${path}/green-0`, pod('edge', { instance: 'green' }));
    server.put(`${path}/redis-0`, pod('redis'));
    expect(await pods.of('edge')).toEqual(['edge-0', 'edge-1']);
    expect(await pods.of('redis')).toEqual(['redis-0']);
  });

  it('have no time to say goodbye when they are killed', async () => {
    const { server, pods } = await start();
    server.put(`${path}/edge-1`, pod('edge'));
    await pods.kill('edge-1');
    expect(await pods.of('edge')).toEqual([]);
    expect(server.requests[0]).toEqual({
      verb: 'delete',
      path: `${path}/edge-1`,
      query: '?gracePeriodSeconds=0',
    });
  });

  it('are cut off by a label as long as it has to be, and nothing else of them is changed', async () => {
    const { server, pods } = await start();
    server.put(`${path}/edge-0`, pod('edge'));
    const labels = () => server.objects.get(`${path}/edge-0`)?.metadata.labels;
    const before = labels();
    const stop = new AbortController();
    const over = pods.cut('edge-0', 600_000, stop.signal);
    await expect.poll(labels).toEqual({ ...before, 'tandem-cut': 'chaos' });
    stop.abort();
    expect([await over, labels()]).toEqual(['NetworkPolicy', before]);
    const patched = server.requests.filter(({ verb }) => verb === 'patch');
    expect(new Set(patched.map((request) => request.path))).toEqual(new Set([`${path}/edge-0/status`]));
  });

  it('are heard again when a run has not come to its end, if they are of the release', async () => {
    const { server, pods } = await start();
    for (const [name, instance] of Object.entries({ 'edge-0': 'blue', 'green-0': 'green' })) {
      const { metadata, ...rest } = pod('edge', { instance });
      const labels = { ...metadata.labels, 'tandem-cut': 'chaos' };
      server.put(`${path}/${name}`, { ...rest, metadata: { ...metadata, labels } });
    }
    await pods.heal();
    const cut = [...server.objects.values()].filter(({ metadata }) => metadata.labels?.['tandem-cut']);
    expect(cut.map(({ metadata }) => metadata.name)).toEqual(['green-0']);
  });

  it('cannot be cut off when they have the network of their node', async () => {
    const { server, pods } = await start();
    server.put(`${path}/edge-0`, { ...pod('edge'), spec: { hostNetwork: true } });
    await pods.of('edge');
    await expect(pods.cut('edge-0', 1, new AbortController().signal)).rejects.toThrow(
      'cut-impossible: pod edge-0: it has the network of its node, which no policy cuts',
    );
    expect(server.requests.map(({ verb }) => verb)).toEqual(['list']);
  });
});
