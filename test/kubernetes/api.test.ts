import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kubernetes, nodeNamed, podStatus, podsIn, secretIn } from '@tandem/platform';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { Authority } from '../harness/authority.ts';
import { KubernetesServer } from '../harness/kubernetes-server.ts';
import { needs } from '../harness/needs.ts';

const describe = needs('openssl');
const named = z.object({ metadata: z.object({ name: z.string() }) });
const pods = '/api/v1/namespaces/tandem/pods';

/** Serves the API, and asks it as a pod does. */
async function serve(): Promise<{ server: KubernetesServer; api: Kubernetes }> {
  const server = await KubernetesServer.start();
  const api = Kubernetes.inCluster(server.env, server.folder)!;
  onTestFinished(() => {
    api.close();
    return server.close();
  });
  return { server, api };
}

describe('the API of Kubernetes', () => {
  it('is there for a pod alone', async () => {
    const { server } = await serve();
    expect(Kubernetes.inCluster({}, server.folder)).toBeUndefined();
    expect(Kubernetes.inCluster(server.env, '/nonexistent')).toBeUndefined();
  });

  it('reads, changes and removes an object', async () => {
    const { api, server } = await serve();
    server.put(`${pods}/edge-0`, { metadata: { annotations: { kept: 'yes', gone: 'soon' } } });
    const place = podsIn(api.namespace, 'edge-0');
    await api.patch(place, { metadata: { annotations: { gone: null, new: '1' } } });
    expect(server.objects.get(`${pods}/edge-0`)!.metadata.annotations).toEqual({ kept: 'yes', new: '1' });
    expect(await api.read(place, named)).toEqual({ metadata: { name: 'edge-0' } });
    await api.remove(place);
    expect(server.objects.size).toBe(0);
  });

  it('lists all objects with a label, however many', async () => {
    const { api, server } = await serve();
    for (let index = 0; index < 250; index++)
      server.put(`${pods}/edge-${index}`, { metadata: { labels: { tier: 'edge' } } });
    server.put(`${pods}/router-0`, { metadata: { labels: { tier: 'router' } } });
    const found = await api.list(podsIn('tandem'), named, { labels: 'tier=edge' });
    expect(new Set(found.map(({ metadata }) => metadata.name)).size).toBe(250);
    expect(server.requests.length).toBe(3);
  });

  it('is asked with the token that is there now', async () => {
    const { api, server } = await serve();
    server.put('/api/v1/nodes/a');
    await api.read(nodeNamed('a'), named);
    await server.rotate('another token');
    expect(await api.read(nodeNamed('a'), named)).toEqual({ metadata: { name: 'a' } });
  });

  it('says what a role has to grant', async () => {
    const { api, server } = await serve();
    server.forbidden.add('patch pods/status');
    await expect(api.patch(podStatus('tandem', 'edge-0'), {})).rejects.toThrow(
      'kubernetes-refused: patch /api/v1/namespaces/tandem/pods/edge-0/status: 403, pods/status "edge-0" is forbidden: ' +
        'User "system:serviceaccount:tandem:edge" cannot patch resource "pods/status" in API group "" in the namespace "tandem": ' +
        'the service account needs a Role in namespace tandem with the verb patch on pods/status',
    );
  });

  it('says what it does not find', async () => {
    const { api } = await serve();
    await expect(api.read(nodeNamed('../secrets'), named)).rejects.toThrow(
      'kubernetes-refused: get /api/v1/nodes/..%2Fsecrets: 404, nodes "..%2Fsecrets" not found',
    );
  });

  it('finds nothing where there is nothing, and what the API tells of itself', async () => {
    const { api, server } = await serve();
    const told = z.object({ gitVersion: z.string() });
    expect(await api.find('/version', told)).toBeUndefined();
    expect(await api.find(secretIn('tandem', 'tls'), named)).toBeUndefined();
    server.put('/version', { gitVersion: 'v1.34.0' });
    server.put('/api/v1/namespaces/tandem/secrets/tls');
    expect(await api.find('/version', told)).toEqual({ gitVersion: 'v1.34.0' });
    expect(await api.find(secretIn('tandem', 'tls'), named)).toEqual({ metadata: { name: 'tls' } });
    server.forbidden.add('get secrets');
    await expect(api.find(secretIn('tandem', 'tls'), named)).rejects.toThrow(
      'a Role in namespace tandem with the verb get on secrets',
    );
  });

  it('lists the objects of all namespaces', async () => {
    const { api, server } = await serve();
    for (const namespace of ['tandem', 'web']) server.put(`/api/v1/namespaces/${namespace}/services/sip`);
    server.put(`${pods}/edge-0`);
    const found = await api.list({ version: 'v1', resource: 'services' }, named);
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['sip', 'sip']);
  });

  it('says what is wrong with an answer', async () => {
    const { api, server } = await serve();
    server.put('/api/v1/nodes/a');
    const schema = z.object({ status: z.object({ addresses: z.array(z.unknown()) }) });
    await expect(api.read(nodeNamed('a'), schema)).rejects.toThrow(
      /^kubernetes-answer-invalid: get \/api\/v1\/nodes\/a: .*expected object.*at status/s,
    );
  });

  it('is not believed to be whom another authority vouches for', async () => {
    const { api, server } = await serve();
    const other = await Authority.create();
    await copyFile(other.certificate, join(server.folder, 'ca.crt'));
    await expect(api.read(nodeNamed('a'), named)).rejects.toThrow(
      /^kubernetes-unavailable: get \/api\/v1\/nodes\/a: /,
    );
    expect(server.requests).toEqual([]);
  });

  it('is unavailable without a token', async () => {
    const { api, server } = await serve();
    await rm(join(server.folder, 'token'));
    await expect(api.read(nodeNamed('a'), named)).rejects.toThrow(/^kubernetes-unavailable: .*ENOENT/);
  });
});
