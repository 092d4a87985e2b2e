import { expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { secretsIn } from '../hostile/secrets.ts';
import { containersOf, type Manifest, render, scenarios } from './chart.ts';

const describe = needs('helm');

function generated(manifests: readonly Manifest[]): Record<string, string> {
  return manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'sw-tandem-secrets')
    ?.data as Record<string, string>;
}

// W-42, W-52
describe('the secrets of the chart', () => {
  it('are long, and others with each installation', async () => {
    const [one, other] = (await Promise.all([render(), render()])).map(generated);
    expect(Object.keys(one!)).toEqual(['cluster-secret', 'etcd-password', 'nats-password', 'redis-password']);
    for (const [key, value] of Object.entries(one!)) {
      expect(Buffer.from(value, 'base64').length).toBeGreaterThanOrEqual(32);
      expect(value).not.toBe(other![key]);
    }
  });

  it('are used, each of them', async () => {
    const manifests = await render();
    const asked = containersOf(manifests)
      .flatMap(({ env = [] }) => env)
      .map(({ valueFrom }) => valueFrom?.secretKeyRef)
      .filter((secret) => secret?.name === 'sw-tandem-secrets');
    const keys = new Set<string>(asked.map(({ key }) => key));
    expect([...keys].toSorted()).toEqual(Object.keys(generated(manifests)));
  });

  it.each(scenarios)('are in secrets alone: %s', async (scenario) => {
    const manifests = await render({}, scenario);
    const others = JSON.stringify(manifests.filter(({ kind }) => kind !== 'Secret'));
    expect(secretsIn(others)).toEqual([]);
    for (const value of Object.values(generated(manifests) ?? {})) {
      expect(others).not.toContain(value);
      expect(others).not.toContain(Buffer.from(value, 'base64').toString());
    }
    for (const { env = [] } of containersOf(manifests)) {
      for (const { name, value } of env)
        if (/PASSWORD|SECRET/.test(name)) expect(value, name).toBeUndefined();
    }
  });
});
