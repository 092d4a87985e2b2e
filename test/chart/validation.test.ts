import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { chart, render, scenarios } from './chart.ts';
import { complaints, versions } from './validation.ts';

const describe = needs('helm', 'kubectl-validate', 'schemas');

/** Manifests that are wrong, and what is said of them. */
const wrong = [
  ['apps/v1', 'Deployment', { replicas: '3' }, 'spec.replicas'],
  ['v1', 'Service', { prots: [] }, 'spec.prots'],
  ['monitoring.coreos.com/v1', 'ServiceMonitor', { endpoints: [], selector: 1 }, 'spec.selector'],
  ['monitoring.coreos.com/v1', 'PrometheusRule', { groups: [{}] }, 'spec.groups[0].name'],
  ['keda.sh/v1alpha1', 'ScaledObject', { scaleTargetRef: { name: 'x' }, triggers: 1 }, 'spec.triggers'],
  ['cert-manager.io/v1', 'Certificate', { issuerRef: { name: 'x' } }, 'spec.secretName'],
] as const;

describe('the schemas', () => {
  it.each(Object.keys(versions))('of Kubernetes %s and of others name the field that is wrong', (version) => {
    const files = wrong.map(([apiVersion, kind, spec], index) => {
      const file = join(tmpdir(), `wrong-${version}-${index}.json`);
      writeFileSync(file, JSON.stringify({ apiVersion, kind, metadata: { name: 'x' }, spec }));
      return file;
    });
    const found = complaints(version, files);
    for (const [index, [, kind, , field]] of wrong.entries())
      expect(found.get(files[index]!)?.join(), kind).toContain(field);
  });
});

describe('the manifests of the chart', () => {
  let files: string[];
  let named: string[][];
  beforeAll(async () => {
    const rendered = await Promise.all(
      scenarios.map((scenario) => render({}, scenario, chart, '--is-upgrade')),
    );
    files = scenarios.map((scenario) => join(tmpdir(), `${scenario}.yaml`));
    named = rendered.map((manifests) => manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    for (const [index, manifests] of rendered.entries())
      writeFileSync(files[index]!, manifests.map((each) => JSON.stringify(each)).join('\n---\n'));
  }, 60_000);

  it.each(Object.keys(versions))('are valid for Kubernetes %s', { timeout: 120_000 }, (version) => {
    const found = complaints(version, files);
    for (const [index, names] of named.entries()) {
      const said = found.get(files[index]!) ?? [];
      expect(said).toHaveLength(names.length);
      const wrong = names.map((name, at) => `${name}: ${said[at]}`).filter((line) => !line.endsWith(': '));
      expect(wrong, scenarios[index]).toEqual([]);
    }
  });
});
