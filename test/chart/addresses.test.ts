import { beforeAll, expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { find, type Manifest, render } from './chart.ts';

const api = {
  ports: [
    { port: 443, protocol: 'TCP' },
    { port: 6443, protocol: 'TCP' },
  ],
};

/** What is granted to tiers for their addresses, each with whom it is granted to. */
const granted = (manifests: readonly Manifest[]): object[] =>
  manifests
    .filter(({ kind, metadata }) => /Role$/.test(kind) && metadata.name.endsWith('-addresses'))
    .map(({ kind, metadata, rules }) => {
      const { roleRef, subjects } = manifests.find(
        (each) => each.kind === `${kind}Binding` && each.metadata.name === metadata.name,
      )!;
      expect([roleRef.kind, roleRef.name]).toEqual([kind, metadata.name]);
      return { kind, rules, to: subjects.map(({ name }: { name: string }) => name) };
    });

const podOf = (manifests: readonly Manifest[], kind: string, tier: string): Manifest =>
  find(manifests, kind, tier).spec.template.spec;

const nodes = { apiGroups: [''], resources: ['nodes'], verbs: ['get'] };
const service = (name: string): object => ({
  apiGroups: [''],
  resources: ['services'],
  resourceNames: [name],
  verbs: ['get'],
});

needs('helm')('addresses that the API of Kubernetes is asked for', () => {
  let found: Manifest[];
  beforeAll(async () => {
    found = await render({}, 'found-addresses');
  });

  it('are asked for by who tells them, and by nobody else', () => {
    expect(granted(found)).toEqual([
      { kind: 'ClusterRole', rules: [nodes], to: ['sw-tandem-media'] },
      { kind: 'Role', rules: [service('sw-tandem-sip-udp')], to: ['sw-tandem-edge'] },
    ]);
    for (const [kind, tier, asks] of [
      ['StatefulSet', 'edge', true],
      ['StatefulSet', 'media', true],
      ['Deployment', 'router', false],
      ['Deployment', 'trunk', false],
    ] as const) {
      expect(podOf(found, kind, tier).automountServiceAccountToken, tier).toBe(asks);
      const { egress } = find(found, 'NetworkPolicy', tier).spec;
      expect(
        egress.some(({ ports }: typeof api) => JSON.stringify(ports) === JSON.stringify(api.ports)),
      ).toBe(asks);
    }
  });

  it('are those of a Service that the chart makes', () => {
    expect(find(found, 'Service', 'sip-udp').spec.type).toBe('LoadBalancer');
    const { env } = podOf(found, 'StatefulSet', 'edge').containers[0];
    for (const name of ['TANDEM_SIP_ADVERTISE', 'TANDEM_SIP_SHARED'])
      expect(env).toContainEqual({ name, value: 'service:sw-tandem-sip-udp' });
  });

  it('are those of the node that a pod is told it is on', () => {
    const host = { name: 'TANDEM_HOST_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } };
    expect(podOf(found, 'StatefulSet', 'media').containers[0].env).toContainEqual(host);
    expect(podOf(found, 'StatefulSet', 'edge').containers[0].env).not.toContainEqual(host);
  });

  it('are found by settings as well', async () => {
    const settings = { TANDEM_SIP_ADVERTISE: 'cloud, node:label:acme.example/sip' };
    const manifests = await render({ 'edge.settings': settings }, 'host-network');
    expect(granted(manifests)).toEqual([{ kind: 'ClusterRole', rules: [nodes], to: ['sw-tandem-edge'] }]);
    expect(podOf(manifests, 'DaemonSet', 'edge').automountServiceAccountToken).toBe(true);
  });

  it('are granted for the namespace of the release alone', async () => {
    const manifests = await render({ 'edge.address': 'service:front/sip' }, 'load-balancer');
    expect(granted(manifests)).toEqual([]);
    expect(podOf(manifests, 'StatefulSet', 'edge').automountServiceAccountToken).toBe(true);
    const own = await render({ 'edge.address': 'service:default/sip' }, 'load-balancer');
    expect(granted(own)).toEqual([{ kind: 'Role', rules: [service('sip')], to: ['sw-tandem-edge'] }]);
  });

  it('are asked for by nobody where they are given', async () => {
    for (const scenario of ['trial', 'load-balancer', 'host-network', 'port-slices'])
      expect(granted(await render({}, scenario)), scenario).toEqual([]);
    const clouds = await render({ 'media.address': 'cloud' }, 'host-network');
    expect(granted(clouds)).toEqual([]);
    expect(podOf(clouds, 'DaemonSet', 'media').automountServiceAccountToken).toBe(false);
  });

  it('are not where calls of `helm test` go, which finds the edges themselves', () => {
    expect(find(found, 'Pod', 'calls').spec.containers[0].args.at(-1)).toBe(
      'udp://sw-tandem-edge.default.svc.cluster.local:5060,tcp://sw-tandem-edge.default.svc.cluster.local:5060',
    );
  });
});
