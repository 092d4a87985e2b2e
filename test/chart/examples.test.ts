import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { needs } from '../harness/needs.ts';
import { chart, find, lint, type Manifest, render } from './chart.ts';

const folder = join(chart, '../../deploy/examples/values');
const examples = readdirSync(folder);

needs('helm')('an example of deploy/examples/values', () => {
  it('is there for one node, a call centre and two regions', () => {
    expect(examples.sort()).toEqual(['call-centre.yaml', 'single-node.yaml', 'two-regions.yaml']);
  });

  it.each(examples)('installs by one command, which it says, and is tried by helm test: %s', async (name) => {
    const file = join(folder, name);
    expect(readFileSync(file, 'utf8')).toContain(`--values deploy/examples/values/${name}`);
    expect(await lint(file)).toContain('0 chart(s) failed');
    const manifests = await render({}, file);
    const tests = manifests.filter(({ metadata }) =>
      metadata.annotations?.['helm.sh/hook']?.includes('test'),
    );
    expect(tests.map(({ metadata }) => metadata.name)).toContain('sw-tandem-calls');
  });

  it('leaves out what is not needed, with all that belongs to it (FP-18)', async () => {
    const file = join(folder, 'single-node.yaml');
    const ofTrunks = ({ metadata }: Manifest) => metadata.labels?.['app.kubernetes.io/component'] === 'trunk';
    expect((await render({}, file)).filter(ofTrunks)).toEqual([]);
    const kinds = (await render({ 'trunk.enabled': true }, file)).filter(ofTrunks).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['Deployment', 'NetworkPolicy', 'ServiceAccount']));
  });

  it('runs one of each where there is one node', async () => {
    const manifests = await render({}, join(folder, 'single-node.yaml'));
    const counts = manifests
      .filter(({ spec }) => spec?.replicas !== undefined)
      .map(({ spec }) => spec.replicas);
    expect(counts.length).toBeGreaterThan(5);
    expect(new Set(counts)).toEqual(new Set([1]));
  });

  it('has the regions called by an address each', async () => {
    const file = join(folder, 'two-regions.yaml');
    const regions = await Promise.all(
      ['madrid', 'paris'].map((region) =>
        render({ region, 'edge.address': `${region}.sip.acme.example` }, file),
      ),
    );
    const said = regions.map((manifests) => variables(find(manifests, 'StatefulSet', 'edge')));
    expect(said.map(({ TANDEM_REGION }) => TANDEM_REGION)).toEqual(['madrid', 'paris']);
    expect(said.map(({ TANDEM_SIP_ADVERTISE }) => TANDEM_SIP_ADVERTISE)).toEqual([
      'madrid.sip.acme.example',
      'paris.sip.acme.example',
    ]);
  });
});

function variables({ spec }: Manifest): Record<string, string> {
  const { env } = spec.template.spec.containers[0] as { env: { name: string; value: string }[] };
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}
