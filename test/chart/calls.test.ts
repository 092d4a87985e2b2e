import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { chaosCommand } from '../../services/cli/src/commands/chaos.ts';
import { sloCommand } from '../../services/cli/src/commands/slo.ts';
import { needs } from '../harness/needs.ts';
import { find, type Manifest, render } from './chart.ts';

const secret = { secretKeyRef: { name: 'sw-tandem-secrets', key: 'cluster-secret' } };

/** Seconds for what is not calls: the start of a pod and of its program, and the last call. */
const slack = 15;

function argumentsOf({ spec }: Manifest): readonly string[] {
  return spec.containers[0].args;
}

needs('helm')('`helm test`', () => {
  it('places calls by the address that phones use, as users whom the cluster secret proves', async () => {
    const pod = find(await render({ 'calls.flags': ['--calls=9'] }, 'load-balancer'), 'Pod', 'calls');
    expect(pod.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'test' });
    const targets = 'udp://203.0.113.10:5060,tcp://203.0.113.10:5060,tls://203.0.113.10:5061';
    expect(argumentsOf(pod)).toEqual(['slo', '--target', targets, '--calls=9']);
    expect(pod.spec.containers[0].env).toEqual([{ name: 'TANDEM_CLUSTER_SECRET', valueFrom: secret }]);
    expect(pod.spec.automountServiceAccountToken).toBe(false);
  });

  it.each([
    ['trial', 'sw-tandem-sip.default.svc.cluster.local:5060'],
    ['dual-stack', '203.0.113.10:5060'],
    ['ipv6', '[2001:db8::10]:5060'],
  ])('finds the edges of %s', async (scenario, address) => {
    const pod = find(await render({}, scenario), 'Pod', 'calls');
    expect(argumentsOf(pod).at(-1)).toBe(`udp://${address},tcp://${address}`);
  });

  it('finds edges that share no address at their nodes', async () => {
    const pod = find(await render({ 'edge.address': '' }, 'host-network'), 'Pod', 'calls');
    expect(argumentsOf(pod).at(-1)).toContain('udp://sw-tandem-edge.default.svc.cluster.local:5060,');
  });

  it('is let through to the edges, and they and the media workers to it', async () => {
    const manifests = await render({ 'networkPolicy.except': ['10.0.0.0/8'] });
    const phones = {
      podSelector: { matchLabels: expect.objectContaining({ 'app.kubernetes.io/component': 'calls' }) },
    };
    for (const component of ['edge', 'media']) {
      const { spec } = find(manifests, 'NetworkPolicy', component);
      expect(spec.egress).toContainEqual({ to: [phones] });
    }
    const { spec } = find(manifests, 'NetworkPolicy', 'calls');
    const from = spec.ingress[0].from.map(
      (peer: Manifest) => peer.podSelector.matchLabels['app.kubernetes.io/component'],
    );
    expect(from).toEqual(['edge', 'media']);
  });

  it('kills nothing unless that is chosen', async () => {
    const manifests = await render();
    expect(manifests.filter(({ kind }) => kind === 'Role' || kind === 'RoleBinding')).toEqual([]);
    expect(manifests.filter(({ metadata }) => metadata.name.includes('chaos'))).toEqual([]);
  });

  it('kills and cuts pods of its own release after the calls, and may do nothing else', async () => {
    const manifests = await render({}, 'chaos');
    const pod = find(manifests, 'Pod', 'chaos');
    const whom = ['--pods', 'app.kubernetes.io/instance=sw', '--parts', 'edge,router,media,nats,redis,etcd'];
    expect(argumentsOf(pod).slice(0, 5)).toEqual(['chaos', ...whom]);
    expect(argumentsOf(pod)).toContain('--seed=7');
    expect(pod.spec).toMatchObject({
      serviceAccountName: 'sw-tandem-chaos',
      automountServiceAccountToken: true,
    });
    expect(find(manifests, 'Role', 'chaos').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
      { apiGroups: [''], resources: ['pods/status'], verbs: ['patch'] },
    ]);
    const { roleRef, subjects } = find(manifests, 'RoleBinding', 'chaos');
    expect([roleRef.name, subjects[0].name]).toEqual(['sw-tandem-chaos', 'sw-tandem-chaos']);
    expect(find(manifests, 'ServiceAccount', 'chaos').automountServiceAccountToken).toBe(false);
    const weights = ['calls', 'chaos'].map(
      (name) => find(manifests, 'Pod', name).metadata.annotations?.['helm.sh/hook-weight'],
    );
    expect(weights).toEqual(['1', '2']);
  });

  it('spares servers that are alone or not of the chart', async () => {
    const alone = {
      'nats.replicas': 1,
      'redis.enabled': false,
      'redis.external.url': 'redis://192.0.2.9:6379',
    };
    const pod = find(await render(alone, 'chaos'), 'Pod', 'chaos');
    expect(argumentsOf(pod)).toContain('edge,router,media,etcd');
  });

  it.each([true, false])('cuts a pod off by its label, with other policies: %s', async (enabled) => {
    const manifests = await render({ 'networkPolicy.enabled': enabled }, 'chaos');
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    expect(find(manifests, 'NetworkPolicy', 'cut').spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'sw', 'tandem-cut': 'chaos' } },
      policyTypes: ['Ingress', 'Egress'],
    });
    // Whatever lets something through is not for who has the label.
    const others = policies.filter(({ spec }) => spec.ingress || spec.egress);
    expect(others.length > 0).toBe(enabled);
    const spared = [{ key: 'tandem-cut', operator: 'DoesNotExist' }];
    expect(
      others.filter(({ spec }) => !isDeepStrictEqual(spec.podSelector.matchExpressions, spared)),
    ).toEqual([]);
  });

  it('leaves policies as they are unless that is chosen', async () => {
    const policies = (await render()).filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.filter(({ spec }) => spec.podSelector.matchExpressions)).toEqual([]);
    expect(policies.filter(({ metadata }) => metadata.name.endsWith('-cut'))).toEqual([]);
  });

  it('is over within five minutes, and has the time that its calls take', async () => {
    const manifests = await render({ 'chaos.enabled': true });
    const deadlineOf = (name: string): number => find(manifests, 'Pod', name).spec.activeDeadlineSeconds;
    const all = manifests.filter(({ kind }) => kind === 'Pod');
    const longest = all.map(
      ({ spec }) => spec.activeDeadlineSeconds + (spec.terminationGracePeriodSeconds as number),
    );
    expect(longest).toHaveLength(3);
    expect(longest.reduce((sum, seconds) => sum + seconds)).toBeLessThan(300);
    const { calls, rate, talk } = sloCommand().opts<Record<'calls' | 'rate' | 'talk', number>>();
    expect(deadlineOf('calls')).toBeGreaterThan(calls / rate + talk + slack);
    const chaos = chaosCommand().opts<Record<'kills' | 'cuts' | 'spoils' | 'every' | 'talk', number>>();
    expect(deadlineOf('chaos')).toBeGreaterThan(
      (chaos.kills + chaos.cuts + chaos.spoils + 1) * chaos.every + chaos.talk + slack,
    );
  });

  it('is left out where there is no edge', async () => {
    const manifests = await render({}, 'without');
    expect(manifests.filter(({ kind }) => kind === 'Pod')).toEqual([]);
  });
});
