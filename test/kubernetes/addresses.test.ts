import {
  AdvertisedAddresses,
  createLog,
  Kubernetes,
  parseAddressSources,
  usualSources,
} from '@tandem/platform';
import { expect, it, onTestFinished } from 'vitest';
import { KubernetesServer } from '../harness/kubernetes-server.ts';
import { needs } from '../harness/needs.ts';

const describe = needs('openssl');

/** Finds what a source leads to for the pod edge-0, and the API that was asked. */
async function openAt(
  text: string,
  fill: (api: KubernetesServer) => void,
): Promise<readonly (readonly [host: string, by: string])[]> {
  const api = await KubernetesServer.start();
  onTestFinished(() => api.close());
  fill(api);
  const kubernetes = Kubernetes.inCluster(api.env, api.folder)!;
  onTestFinished(() => kubernetes.close());
  const addresses = await AdvertisedAddresses.open(
    { setting: 'TANDEM_SIP_ADVERTISE', sources: parseAddressSources(text)!, families: new Set([4]) },
    {
      log: createLog({ level: 'silent', node: 'edge-0', destination: 1 }),
      check: () => undefined,
      askable: { ...usualSources, cluster: { kubernetes, pod: 'edge-0' } },
    },
  );
  return addresses.found.map(({ by, host }) => [host, by]);
}

function putNode(api: KubernetesServer): void {
  api.put('/api/v1/namespaces/tandem/pods/edge-0', { spec: { nodeName: 'worker-1' } });
  const addresses = [
    { type: 'InternalIP', address: '10.0.0.4' },
    { type: 'ExternalIP', address: '2001:db8::4' },
    { type: 'ExternalIP', address: '203.0.113.4' },
  ];
  api.put('/api/v1/nodes/worker-1', { status: { addresses } });
}

describe('an address that the API of Kubernetes knows', () => {
  it('is that of the node', async () => {
    expect(await openAt('node', putNode)).toEqual([['203.0.113.4', 'node']]);
  });

  it('is that of a load balancer', async () => {
    const put = (api: KubernetesServer): void =>
      api.put('/api/v1/namespaces/tandem/services/sip', {
        status: { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } },
      });
    expect(await openAt('service:sip', put)).toEqual([['203.0.113.10', 'service:sip']]);
  });

  it('needs the right to ask, which is named', async () => {
    const put = (api: KubernetesServer): void => {
      putNode(api);
      api.forbidden.add('get nodes');
    };
    await expect(openAt('node', put)).rejects.toThrow(
      /^kubernetes-refused: TANDEM_SIP_ADVERTISE: .*a ClusterRole with the verb get on nodes/,
    );
  });
});
