import { beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { chart, find, type Manifest, render, scenarios } from './chart.ts';

/** What is there for the look at the cluster alone. */
const made = (manifests: readonly Manifest[]): Manifest[] =>
  manifests.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'preflight');

const argumentsOf = (manifests: readonly Manifest[]): readonly string[] =>
  find(manifests, 'Job', 'preflight').spec.template.spec.containers[0].args;

interface Rule {
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** What its roles grant, as `Role: get secrets a,b`. */
const granted = (manifests: readonly Manifest[]): string[] =>
  made(manifests)
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
    .flatMap(({ kind, rules }) =>
      (rules as Rule[]).map(({ verbs, resources, resourceNames = [] }) =>
        `${kind}: ${verbs.join()} ${resources.join()} ${resourceNames.join()}`.trimEnd(),
      ),
    )
    .sort();

needs('helm')('the look at a cluster before it is installed in', () => {
  const all = new Map<string, Manifest[]>();
  const of = (scenario: string): Manifest[] => all.get(scenario)!;
  beforeAll(async () => {
    for (const scenario of scenarios) all.set(scenario, await render({}, scenario));
  }, 60_000);

  // W-25
  describe.each(scenarios.filter((name) => name !== 'without'))('of %s', (scenario) => {
    it('has what it looks by when it comes, and leaves nothing', () => {
      const objects = made(of(scenario));
      for (const { kind, metadata } of objects) {
        expect(metadata.annotations, kind).toMatchObject({
          'helm.sh/hook': 'pre-install,pre-upgrade',
          'helm.sh/hook-weight': kind === 'Job' ? '-10' : '-20',
          'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
        });
      }
      expect(objects.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['Job', 'NetworkPolicy', 'ServiceAccount']),
      );
    });

    it('looks by an account of its own, at what its arguments name alone', () => {
      const { serviceAccountName, automountServiceAccountToken } = find(of(scenario), 'Job', 'preflight').spec
        .template.spec;
      expect([serviceAccountName, automountServiceAccountToken]).toEqual(['sw-tandem-preflight', true]);
      expect(find(of(scenario), 'ServiceAccount', 'preflight').automountServiceAccountToken).toBe(false);
      const args = argumentsOf(of(scenario));
      const secrets = args.find((each) => each.startsWith('--secrets='))?.slice('--secrets='.length);
      const names = secrets?.split(',').map((each) => each.split(':')[0]);
      expect(granted(of(scenario))).toEqual(
        [
          ...(args.includes('--default-storage-class') ? ['ClusterRole: list storageclasses'] : []),
          ...(args.includes('--load-balancer') ? ['ClusterRole: list services'] : []),
          ...(args.includes('--host-network') ? ['Role: get namespaces default'] : []),
          ...(names ? [`Role: get secrets ${names.join()}`] : []),
        ].sort(),
      );
    });
  });

  it.each([
    ['trial', ['--default-storage-class']],
    [
      'load-balancer',
      [
        '--default-storage-class',
        '--load-balancer',
        '--host-network',
        '--secrets=carriers:ca.crt,sip-acme-example:tls.crt:tls.key',
      ],
    ],
    [
      'port-slices',
      ['--default-storage-class', '--load-balancer', '--secrets=sip-acme-example:tls.crt:tls.key'],
    ],
    ['external-servers', ['--secrets=backings:nats:redis,tandem:cluster-secret,tandem-resources']],
    [
      'scaling-keda',
      [
        '--apis=keda.sh/v1alpha1/ScaledObject',
        '--default-storage-class',
        '--load-balancer',
        '--host-network',
      ],
    ],
    [
      'scaling-hpa',
      [
        '--apis=monitoring.coreos.com/v1/PrometheusRule,external.metrics.k8s.io/v1beta1',
        '--default-storage-class',
        '--load-balancer',
        '--host-network',
      ],
    ],
    [
      'monitoring',
      [
        '--apis=monitoring.coreos.com/v1/ServiceMonitor,monitoring.coreos.com/v1/PrometheusRule',
        '--default-storage-class',
      ],
    ],
  ])('asks for what the values of %s need', (scenario, args) => {
    expect(argumentsOf(of(scenario))).toEqual(['preflight', '--kubernetes=1.29', ...args]);
  });

  it('asks for a certificate where cert-manager makes it, and for its secret where it does not', async () => {
    expect(argumentsOf(of('cert-manager')).join()).toContain('--apis=cert-manager.io/v1/Certificate');
    const named = argumentsOf(await render({ 'tls.secretName': 'mine' }, 'cert-manager')).join();
    expect(named).toContain('--secrets=mine:tls.crt:tls.key');
    expect(named).not.toContain('cert-manager.io');
  });

  it('asks for secrets that settings name, unless they may be missing', async () => {
    const from = (name: string, more: object = {}): object => ({
      valueFrom: { secretKeyRef: { name, key: 'password', ...more } },
    });
    const manifests = await render({
      'settings.CARRIER_PASSWORD': from('carrier'),
      'trunk.settings.OTHER_PASSWORD': from('other', { optional: true }),
    });
    expect(argumentsOf(manifests)).toContain('--secrets=carrier:password');
  });

  it('asks for classes by their names, and for none where volumes are there', async () => {
    const values = { 'persistence.storageClass': 'fast', 'etcd.storageClass': 'safe' };
    const manifests = await render(values);
    expect(argumentsOf(manifests).slice(2)).toEqual(['--storage-classes=fast,safe']);
    expect(granted(manifests)).toEqual(['ClusterRole: get storageclasses fast,safe']);
    const upgrade = await render(values, 'trial', chart, '--is-upgrade');
    expect(argumentsOf(upgrade)).toEqual(['preflight', '--kubernetes=1.29']);
    expect(granted(upgrade)).toEqual([]);
  });

  it('looks at nothing of the whole cluster where it may not', async () => {
    const manifests = await render({ 'preflight.cluster': false }, 'load-balancer');
    expect(made(manifests).map(({ kind }) => kind)).not.toContain('ClusterRole');
    expect(argumentsOf(manifests).slice(2)).toEqual([
      '--host-network',
      '--secrets=carriers:ca.crt,sip-acme-example:tls.crt:tls.key',
    ]);
  });

  it('reaches the API and names, and nothing else', () => {
    const { egress, ingress } = find(of('trial'), 'NetworkPolicy', 'preflight').spec;
    expect(ingress).toEqual([]);
    expect(egress.flatMap(({ ports }: Manifest) => ports.map(({ port }: { port: number }) => port))).toEqual([
      53, 53, 443, 6443,
    ]);
  });

  it('comes before everything else that comes before an upgrade', async () => {
    const manifests = await render({}, 'external-servers', chart, '--is-upgrade');
    const first = manifests.filter(({ metadata }) =>
      metadata.annotations?.['helm.sh/hook']?.includes('pre-upgrade'),
    );
    const weights = first
      .filter((each) => !made(manifests).includes(each))
      .map(({ metadata }) => Number(metadata.annotations?.['helm.sh/hook-weight'] ?? 0));
    expect(weights).toEqual([0]);
  });

  it('is left out where nobody wants it', async () => {
    expect(made(of('without'))).toEqual([]);
    expect(made(await render({ 'preflight.enabled': false }))).toEqual([]);
  });
});
