import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { complaints, versions } from './validation.ts';

const describe = needs('kubectl-validate', 'schemas');

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
