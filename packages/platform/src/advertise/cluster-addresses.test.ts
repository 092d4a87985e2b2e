import { Fault } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { type ObjectPlace, pathOf } from '../kubernetes/place.ts';
import { nodeAddresses, type OwnCluster, serviceAddresses } from './cluster-addresses.ts';

/** A cluster with objects by their paths; each is read as the API would show it at that moment. */
function clusterOf(objects: Readonly<Record<string, () => unknown>>): OwnCluster {
  const read = async <T>(place: ObjectPlace, schema: z.ZodType<T>): Promise<T> => {
    const object = objects[pathOf(place)];
    if (!object) throw new Error(`nobody asks for ${pathOf(place)}`);
    return schema.parse(object());
  };
  return { kubernetes: { namespace: 'tandem', read }, pod: 'edge-0' };
}

function onNode(
  addresses: readonly (readonly [type: string, address: string])[],
  metadata: object = {},
): OwnCluster {
  return clusterOf({
    '/api/v1/namespaces/tandem/pods/edge-0': () => ({ spec: { nodeName: 'worker-1' } }),
    '/api/v1/nodes/worker-1': () => ({
      metadata,
      status: { addresses: addresses.map(([type, address]) => ({ type, address })) },
    }),
  });
}

const inside = ['InternalIP', '10.0.0.4'] as const;
const outside = ['ExternalIP', '203.0.113.4'] as const;

describe('the addresses of the node of a pod', () => {
  it.each([
    [
      'from outside where there are any',
      onNode([inside, outside, ['Hostname', 'worker-1']]),
      ['203.0.113.4'],
    ],
    ['else inside', onNode([inside]), ['10.0.0.4']],
  ])('are those %s', async (_, cluster, addresses) => {
    expect(await nodeAddresses(cluster, { from: 'node', named: undefined })).toEqual(addresses);
  });

  it('are asked for without the pod where the node is known', async () => {
    const cluster = clusterOf({
      '/api/v1/nodes/worker-2': () => ({
        metadata: {},
        status: { addresses: [{ type: 'ExternalIP', address: '203.0.113.5' }] },
      }),
    });
    const source = { from: 'node', named: undefined } as const;
    expect(await nodeAddresses({ ...cluster, host: 'worker-2' }, source)).toEqual(['203.0.113.5']);
    await expect(nodeAddresses({ ...cluster, pod: undefined }, source)).rejects.toThrow(
      'address-not-found: TANDEM_HOST_NAME and TANDEM_POD_NAME are unset',
    );
  });

  it.each([
    ['label', { labels: { 'acme.example/sip': '198.51.100.4' } }, ['198.51.100.4']],
    [
      'annotation',
      { annotations: { 'acme.example/sip': '198.51.100.4, 2001:db8::4' } },
      ['198.51.100.4', '2001:db8::4'],
    ],
  ] as const)('are what its %s says', async (by, metadata, addresses) => {
    const source = { from: 'node', named: { by, key: 'acme.example/sip' } } as const;
    expect(await nodeAddresses(onNode([inside], metadata), source)).toEqual(addresses);
    await expect(nodeAddresses(onNode([inside]), source)).rejects.toThrow(
      `address-not-found: node worker-1 has no ${by} acme.example/sip`,
    );
  });
});

describe('the address of a Service', () => {
  const source = { from: 'service', namespace: undefined, name: 'sip' } as const;
  const at = '/api/v1/namespaces/tandem/services/sip';
  const never = async (): Promise<void> => undefined;

  it('is waited for until a controller has given it one', async () => {
    let looks = 0;
    const cluster = clusterOf({
      [at]: () => ({ status: { loadBalancer: ++looks < 4 ? {} : { ingress: [{ ip: '203.0.113.10' }] } } }),
    });
    expect(await serviceAddresses(cluster, source, never)).toEqual(['203.0.113.10']);
    expect(looks).toBe(4);
  });

  it('may be a name', async () => {
    const cluster = clusterOf({
      '/api/v1/namespaces/edge/services/sip': () => ({
        status: { loadBalancer: { ingress: [{ hostname: 'lb.cloud.example' }] } },
      }),
    });
    expect(await serviceAddresses(cluster, { ...source, namespace: 'edge' }, never)).toEqual([
      'lb.cloud.example',
    ]);
  });

  it('is not waited for without end', async () => {
    const cluster = clusterOf({ [at]: () => ({ status: { loadBalancer: {} } }) });
    await expect(serviceAddresses(cluster, source, never)).rejects.toThrow(
      'address-not-found: service sip has no address after 120 s',
    );
  });

  it('is known in a pod alone', async () => {
    await expect(serviceAddresses(undefined, source, never)).rejects.toBeInstanceOf(Fault);
  });
});
