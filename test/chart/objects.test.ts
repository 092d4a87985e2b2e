import { beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { containersOf, find, type Manifest, notes, podsOf, render, scenarios } from './chart.ts';

const tiers = ['edge', 'router', 'media', 'trunk'];
const servers = ['nats', 'redis', 'etcd'];

/** Of a policy: the components that may come in, and the ports that each rule has. */
function sourcesOf({
  spec,
}: Manifest): { readonly from: readonly string[]; readonly ports: readonly number[] }[] {
  // biome-ignore lint/suspicious/noExplicitAny: rules of a policy.
  return spec.ingress.map(({ from = [], ports }: any) => ({
    from: from.map(
      // biome-ignore lint/suspicious/noExplicitAny: a peer of a policy.
      (peer: any) =>
        peer.podSelector?.matchLabels['app.kubernetes.io/component'] ?? peer.ipBlock?.cidr ?? 'other',
    ),
    ports: ports.map(({ port }: { port: number }) => port),
  }));
}

/** What keeps pods for as long as it is there itself. */
const staying = (manifests: readonly Manifest[]): Manifest[] =>
  manifests.filter(({ kind }) => ['StatefulSet', 'Deployment', 'DaemonSet'].includes(kind));

/** Whether a service account may do anything. */
const isGranted = (manifests: readonly Manifest[], account: string): boolean =>
  manifests.some(
    ({ kind, subjects }) =>
      /^(Cluster)?RoleBinding$/.test(kind) && subjects.some(({ name }: { name: string }) => name === account),
  );

const portsOf = ({ spec }: Manifest): string[] =>
  spec.ports.map(({ name, port, protocol }: Record<string, string>) => `${name} ${port} ${protocol}`);

const settingOf = (manifests: readonly Manifest[], kind: string, name: string, variable: string): unknown =>
  find(manifests, kind, name).spec.template.spec.containers[0].env.find(
    (each: { name: string }) => each.name === variable,
  )?.value;

needs('helm')('the objects of the chart', () => {
  const all = new Map<string, Manifest[]>();
  const of = (scenario: string): Manifest[] => all.get(scenario)!;
  beforeAll(async () => {
    for (const scenario of scenarios) all.set(scenario, await render({}, scenario));
  }, 60_000);

  describe.each(scenarios)('of %s', (scenario) => {
    it('have a budget, a spread and an end for all pods that stay', () => {
      for (const { of: workload, spec } of podsOf(staying(of(scenario)))) {
        const name = workload.metadata.name.replace('sw-tandem-', '');
        const { selector } = workload.spec;
        expect(workload.spec.template.metadata.labels).toMatchObject(selector.matchLabels);
        expect(find(of(scenario), 'PodDisruptionBudget', name).spec).toMatchObject({
          maxUnavailable: 1,
          selector,
        });
        const spread = spec.topologySpreadConstraints;
        expect(spread.map(({ topologyKey }: { topologyKey: string }) => topologyKey)).toEqual([
          'kubernetes.io/hostname',
          'topology.kubernetes.io/zone',
        ]);
        expect(spread[0].labelSelector).toEqual(selector);
        expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(60);
        expect(spec.enableServiceLinks).toBe(false);
        // Only who may do something with the API of Kubernetes is let in there.
        expect(spec.automountServiceAccountToken).toBe(isGranted(of(scenario), spec.serviceAccountName));
      }
    });

    it('ask a tier by its own HTTP alone whether it lives', () => {
      for (const container of containersOf(staying(of(scenario))).filter(({ name }) => name === 'tandem')) {
        const asked = (path: string): object => ({ httpGet: { path, port: 'http' } });
        expect(container.livenessProbe).toMatchObject(asked('/livez'));
        expect(container.startupProbe).toMatchObject(asked('/livez'));
        expect(container.readinessProbe).toMatchObject(asked('/readyz'));
      }
    });

    it('tell those outside no address of a pod', () => {
      const { env: edge = [] } = containersOf(of(scenario)).find(({ args }) => args?.[0] === 'edge') ?? {};
      const { env: media = [] } = containersOf(of(scenario)).find(({ args }) => args?.[0] === 'media') ?? {};
      for (const { name, value = '' } of [...edge, ...media]) {
        if (/_(ADVERTISE|SHARED|SLICES)$/.test(name)) expect(value).not.toContain('POD_IP');
      }
    });

    it('show the secrets that were made in their own object alone', () => {
      const secrets = of(scenario).filter(
        ({ kind, metadata }) => kind === 'Secret' && metadata.name.endsWith('-secrets'),
      );
      const others = JSON.stringify(of(scenario).filter((each) => !secrets.includes(each)));
      for (const { data } of secrets) {
        const made = Object.values(data as Record<string, string>);
        expect(new Set(made).size).toBe(4);
        for (const value of made) {
          const plain = Buffer.from(value, 'base64').toString();
          expect(plain).toMatch(/^[a-z][A-Za-z0-9]{40,}$/);
          expect(others).not.toContain(plain);
          expect(others).not.toContain(value);
        }
      }
    });
  });

  it('make no secret where there is one', () => {
    expect(of('external-servers').filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const { env } = find(of('external-servers'), 'StatefulSet', 'edge').spec.template.spec.containers[0];
    const secret = (name: string, key: string): object => ({ valueFrom: { secretKeyRef: { name, key } } });
    expect(env).toContainEqual({ name: 'TANDEM_CLUSTER_SECRET', ...secret('tandem', 'cluster-secret') });
    expect(env).toContainEqual({ name: 'TANDEM_NATS_URL', ...secret('backings', 'nats') });
    expect(env).toContainEqual({ name: 'TANDEM_ETCD_URL', value: 'https://etcd.example:2379' });
    expect(env.map(({ name }: { name: string }) => name)).not.toContain('NATS_PASSWORD');
  });

  it('split the load balancer by UDP and TCP, and keep the source address', () => {
    const [udp, tcp] = ['sip-udp', 'sip-tcp'].map((name) => find(of('load-balancer'), 'Service', name));
    for (const { metadata, spec } of [udp!, tcp!]) {
      expect(spec).toMatchObject({
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Local',
        sessionAffinity: 'ClientIP',
        selector: { 'app.kubernetes.io/component': 'edge' },
      });
      expect(metadata.annotations).toMatchObject({ 'metallb.io/allow-shared-ip': 'tandem' });
    }
    expect(portsOf(udp!)).toEqual(['sip-udp 5060 UDP']);
    expect(portsOf(tcp!)).toEqual([
      'sip-tcp 5060 TCP',
      'sip-tls 5061 TCP',
      'sip-ws 8066 TCP',
      'sip-wss 8067 TCP',
    ]);
    expect(settingOf(of('load-balancer'), 'StatefulSet', 'edge', 'TANDEM_SIP_SHARED')).toBe('203.0.113.10');
    expect(settingOf(of('load-balancer'), 'StatefulSet', 'edge', 'TANDEM_SIP_INSIDE')).toBe('$(POD_IP)');
  });

  it('give edges and media workers the network of their nodes where that is chosen', () => {
    for (const [tier, port] of [
      ['edge', 8080],
      ['media', 8081],
    ] as const) {
      const { spec } = find(of('host-network'), 'DaemonSet', tier).spec.template;
      expect(spec).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
      expect(settingOf(of('host-network'), 'DaemonSet', tier, 'TANDEM_HTTP_LISTEN')).toBe(
        `$(POD_IP):${port}`,
      );
    }
    for (const tier of ['router', 'trunk']) {
      expect(find(of('host-network'), 'Deployment', tier).spec.template.spec.hostNetwork).toBeUndefined();
    }
    expect(settingOf(of('host-network'), 'DaemonSet', 'edge', 'TANDEM_SIP_LISTEN')).toBe(
      'tcp://$(POD_IP):5060,tls://$(POD_IP):5061,udp://$(POD_IP):5060',
    );
    expect(settingOf(of('host-network'), 'DaemonSet', 'edge', 'TANDEM_SIP_ADVERTISE')).toBeUndefined();
  });

  it('give each media worker ports and a Service of its own where that is chosen', () => {
    const services = of('port-slices').filter(({ metadata }) => /-media-\d+$/.test(metadata.name));
    expect(services).toHaveLength(3);
    const ports = services.flatMap(({ spec }) => spec.ports.map(({ port }: { port: number }) => port));
    expect(new Set(ports).size).toBe(3 * 40);
    for (const [index, { metadata, spec }] of services.entries()) {
      expect(spec.externalTrafficPolicy).toBe('Local');
      expect(spec.selector['statefulset.kubernetes.io/pod-name']).toBe(metadata.name);
      expect(metadata.annotations).toEqual({ 'metallb.io/loadBalancerIPs': `203.0.113.${20 + index}` });
      expect(spec.ports[0]).toEqual({
        name: `rtp-${20_000 + 40 * index}`,
        port: 20_000 + 40 * index,
        targetPort: 20_000 + 40 * index,
        protocol: 'UDP',
      });
    }
    expect(settingOf(of('port-slices'), 'StatefulSet', 'media', 'TANDEM_RTP_SLICES')).toBe(
      '203.0.113.20:20000-20039,203.0.113.21:20040-20079,203.0.113.22:20080-20119',
    );
    const [first] = of('node-ports').filter(({ metadata }) => /-media-\d+$/.test(metadata.name));
    expect(first?.spec).toMatchObject({ type: 'NodePort' });
    expect(first?.spec.ports[0]).toMatchObject({ port: 30_000, nodePort: 30_000 });
  });

  it('listen on addresses of the families of the cluster', () => {
    const listen = (scenario: string): unknown =>
      settingOf(of(scenario), 'StatefulSet', 'edge', 'TANDEM_SIP_LISTEN');
    expect(listen('ipv6')).toBe('tcp://[$(POD_IP)]:5060,udp://[$(POD_IP)]:5060');
    expect(listen('dual-stack')).toBe(
      'tcp://0.0.0.0:5060,tcp://[::]:5060,udp://0.0.0.0:5060,udp://[::]:5060',
    );
    expect(find(of('ipv6'), 'Service', 'sip-udp').spec).toMatchObject({ ipFamilies: ['IPv6'] });
    expect(find(of('dual-stack'), 'Service', 'sip-udp').spec.ipFamilyPolicy).toBe('RequireDualStack');
  });

  it('say how long a node may drain, and give it half a minute more', async () => {
    const manifests = await render({ 'edge.drainSeconds': 120 });
    const { containers, terminationGracePeriodSeconds } = find(manifests, 'StatefulSet', 'edge').spec.template
      .spec;
    expect(terminationGracePeriodSeconds).toBe(150);
    expect(containers[0].env).toContainEqual({ name: 'TANDEM_DRAIN_TIMEOUT', value: '120' });
  });

  // B-14, W-61
  describe('let nobody in or out', () => {
    it('but as policies say', () => {
      expect(find(of('trial'), 'NetworkPolicy', 'default-deny').spec).toEqual({
        podSelector: {
          matchLabels: { 'app.kubernetes.io/name': 'tandem', 'app.kubernetes.io/instance': 'sw' },
        },
        policyTypes: ['Ingress', 'Egress'],
      });
      for (const name of [...tiers, ...servers]) {
        const { podSelector, policyTypes } = find(of('trial'), 'NetworkPolicy', name).spec;
        expect(podSelector.matchLabels['app.kubernetes.io/component']).toBe(name);
        expect(policyTypes).toEqual(['Ingress', 'Egress']);
      }
    });

    it('to a router but edges, and to a server but nodes and its like', () => {
      const clients = ['edge', 'router', 'media', 'trunk', 'configuration'];
      expect(sourcesOf(find(of('trial'), 'NetworkPolicy', 'router'))).toEqual([
        { from: ['edge'], ports: [7070] },
      ]);
      expect(sourcesOf(find(of('trial'), 'NetworkPolicy', 'etcd'))).toEqual([
        { from: clients, ports: [2379] },
        { from: ['etcd'], ports: [2379, 2380] },
      ]);
      expect(sourcesOf(find(of('trial'), 'NetworkPolicy', 'redis'))[0]).toEqual({
        from: clients,
        ports: [6379, 26_379],
      });
      expect(sourcesOf(find(of('trial'), 'NetworkPolicy', 'nats'))[0]).toEqual({
        from: [...clients, 'doctor'],
        ports: [4222],
      });
    });

    it('to an edge and a media worker but at their ports', () => {
      expect(sourcesOf(find(of('cert-manager'), 'NetworkPolicy', 'edge'))).toEqual([
        { from: [], ports: [5071, 5070] },
      ]);
      expect(find(of('port-slices'), 'NetworkPolicy', 'media').spec.ingress).toEqual([
        { ports: [{ port: 20_000, endPort: 29_999, protocol: 'UDP' }] },
      ]);
      expect(find(of('trial'), 'NetworkPolicy', 'trunk').spec.ingress).toEqual([]);
    });

    it('but from the nodes, where pods have their network, and from whoever reads metrics', () => {
      const [asked, metrics] = sourcesOf(find(of('load-balancer'), 'NetworkPolicy', 'router'));
      expect(asked).toEqual({ from: ['edge'], ports: [7070] });
      expect(metrics).toEqual({ from: ['other'], ports: [8080] });
      expect(sourcesOf(find(of('host-network'), 'NetworkPolicy', 'router'))[0]?.from).toEqual([
        'edge',
        '198.51.100.0/24',
      ]);
      expect(sourcesOf(find(of('load-balancer'), 'NetworkPolicy', 'nats'))[0]?.from).toContain(
        '198.51.100.0/24',
      );
    });

    it('where edges and media workers never send', () => {
      const { egress } = find(of('load-balancer'), 'NetworkPolicy', 'edge').spec;
      expect(egress).toContainEqual({ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16'] } }] });
    });
  });

  // FP-18
  it.each([...tiers, ...servers])('leave %s out where it is switched off', async (name) => {
    const external = servers.includes(name) ? { [`${name}.external.secretName`]: 'elsewhere' } : {};
    const manifests = await render({ [`${name}.enabled`]: false, ...external });
    const left = manifests.filter(
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === name,
    );
    expect(left).toEqual([]);
    expect(manifests.length).toBeGreaterThan(20);
  });

  it('are but a secret where all is switched off', () => {
    expect(of('without').map(({ kind }) => kind)).toEqual(['Secret']);
  });

  it('keep NATS, Redis and etcd on volumes, which go with the release unless they are to stay', async () => {
    for (const name of servers) {
      const { spec } = find(of('load-balancer'), 'StatefulSet', name);
      expect(spec).toMatchObject({
        replicas: 3,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
      });
      expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toMatch(/Gi$/);
    }
    const kept = await render({ 'persistence.whenDeleted': 'Retain' });
    expect(find(kept, 'StatefulSet', 'etcd').spec.persistentVolumeClaimRetentionPolicy.whenDeleted).toBe(
      'Retain',
    );
    expect(find(kept, 'Secret', 'secrets').metadata.annotations).toEqual({
      'helm.sh/resource-policy': 'keep',
    });
  });

  it('order a certificate and mount it', () => {
    const { spec } = find(of('cert-manager'), 'Certificate', 'tls');
    expect(spec).toMatchObject({
      secretName: 'sw-tandem-tls',
      dnsNames: ['sip.acme.example'],
      issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer' },
    });
    const pod = find(of('cert-manager'), 'StatefulSet', 'edge').spec.template.spec;
    expect(pod.volumes).toContainEqual({ name: 'tls', secret: { secretName: 'sw-tandem-tls' } });
    expect(pod.containers[0].volumeMounts).toContainEqual({
      name: 'tls',
      mountPath: '/etc/tandem/tls',
      readOnly: true,
    });
  });

  it('give pods of calls and of servers a priority', () => {
    const priorities = of('host-network').filter(({ kind }) => kind === 'PriorityClass');
    expect(priorities.map(({ metadata, value }) => [metadata.name, value])).toEqual([
      ['sw-tandem-calls', 1_000_000],
      ['sw-tandem-servers', 1_100_000],
    ]);
    expect(find(of('host-network'), 'DaemonSet', 'edge').spec.template.spec.priorityClassName).toBe(
      'sw-tandem-calls',
    );
    expect(find(of('host-network'), 'StatefulSet', 'etcd').spec.template.spec.priorityClassName).toBe(
      'sw-tandem-servers',
    );
  });

  it('apply the configuration after an installation, from values, secrets and config maps', () => {
    const job = find(of('external-servers'), 'Job', 'configuration');
    expect(job.metadata.annotations?.['helm.sh/hook']).toBe('post-install,post-upgrade,post-rollback');
    const { containers, volumes } = job.spec.template.spec;
    expect(containers[0].args).toEqual(['apply', '--file', '/etc/tandem/configuration']);
    expect(containers[0].env).toEqual([{ name: 'TANDEM_ETCD_URL', value: 'https://etcd.example:2379' }]);
    expect(volumes[0].projected.sources).toEqual([
      { secret: { name: 'tandem-resources' } },
      { configMap: { name: 'tandem-routes' } },
    ]);
    expect(find(of('trial'), 'Secret', 'configuration').stringData['resources.yaml']).toContain(
      'kind: Tenant',
    );
  });

  // W-65
  it('of a real site need ten values at most, and nothing is wrong with it', async () => {
    const site = {
      'image.repository': 'registry.example/tandem',
      'edge.expose': 'loadBalancer',
      'edge.address': 'sip.acme.example',
      'media.expose': 'hostNetwork',
      'networkPolicy.nodes': ['198.51.100.0/24'],
      'tls.secretName': 'sip-acme-example',
      'configuration.secrets': ['tandem-resources'],
    };
    expect(Object.keys(site).length).toBeLessThanOrEqual(10);
    expect(await notes(site)).not.toContain('WARNING');
  });
});
