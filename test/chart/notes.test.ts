import { expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { notes, render, type Values } from './chart.ts';

const tenant = { kind: 'Tenant', metadata: { name: 'acme' } };
const user = {
  kind: 'User',
  metadata: { tenant: 'acme', name: '1001' },
  spec: { credentials: { password: 'change-me' } },
};

/** What is not safe or not sound, and what is said of it. */
const warned: readonly (readonly [Values, string])[] = [
  [{ 'networkPolicy.enabled': false }, 'networkPolicy.enabled is false'],
  [{ 'edge.expose': 'loadBalancer', 'edge.address': 'sip.example' }, 'tls has no certificate'],
  [{ 'edge.expose': 'loadBalancer', 'edge.address': 'sip.example' }, 'media.expose is cluster'],
  [{}, 'edge.expose is cluster'],
  [{ 'nats.enabled': false, 'nats.external.url': 'nats://me:hunter2@n' }, 'nats.external.url has a password'],
  [{ 'redis.replicas': 1 }, 'redis.replicas is 1'],
  [{ 'configuration.resources': [tenant, user] }, 'has the password of user 1001'],
];

needs('helm')('what is told after an installation', () => {
  // W-42
  it.each(warned)('warns of %j', async (values, warning) => {
    const told = await notes(values);
    expect(told.slice(told.indexOf('WARNING:'))).toContain(warning);
    expect(told).not.toMatch(/hunter2|change-me/);
  });

  it('warns of nothing where nothing is to be warned of', async () => {
    expect(await notes({}, 'host-network')).not.toContain('WARNING');
  });

  it('says where phones reach it, and what is to be done next', async () => {
    const told = await notes({}, 'cert-manager');
    expect(told).toMatch(/reach it at sip\.acme\.example:\n {2}tls 5071\n {2}udp 5070\n/);
    expect(told).toContain('set `configuration.resources`');
    expect(told).toContain('helm -n default test sw --logs');
    expect(await notes({}, 'trial')).toContain('logs job/sw-tandem-configuration');
  });

  // W-64
  it('names, after an upgrade, what of it pods are replaced for, by tier', async () => {
    const was = await render();
    const changed = (values: Values): Promise<string> => notes(values, undefined, was);
    expect(
      await changed({
        'edge.listeners.tcp': 5070,
        'router.settings': { TANDEM_LOG_LEVEL: 'debug' },
        'router.resources.limits.memory': '3Gi',
        'image.tag': 'next',
        'trunk.enabled': false,
      }),
    ).toContain(
      'calls go on:\n  - edge: TANDEM_SIP_LISTEN, image\n  - router: TANDEM_LOG_LEVEL, image, resources\n  - media: image\n\nNext',
    );
    const live = { 'edge.replicas': 4, 'networkPolicy.except': ['192.0.2.0/24'] };
    expect(await changed(live)).not.toContain('are replaced');
  });
});
