import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { needs } from '../harness/needs.ts';
import { toolFolder } from '../tools.ts';
import { chart, containersOf, type Manifest, podsOf, render } from './chart.ts';

const run = promisify(execFile);

/** What does not come out anew each time: everything but the generated secret. */
function stable(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests.filter(({ kind }) => kind !== 'Secret');
}

// AS-57
needs('helm')('the layout of an installation', () => {
  it('is a package of helm as any other, which renders what the folder does', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'package-'));
    await run(join(toolFolder, 'helm'), ['package', chart, '--destination', folder]);
    const { name, version, apiVersion } = parse(await readFile(join(chart, 'Chart.yaml'), 'utf8'));
    expect(apiVersion).toBe('v2');
    expect(await readdir(folder)).toEqual([`${name}-${version}.tgz`]);
    const packed = await render({}, undefined, join(folder, `${name}-${version}.tgz`));
    expect(stable(packed)).toEqual(stable(await render()));
  });

  it('has nothing on the machine: images, and volumes that the cluster gives', async () => {
    const manifests = await render();
    for (const { image } of containersOf(manifests)) expect(image).toMatch(/^[a-z0-9./-]+:[\w.-]+$/);
    for (const { spec } of podsOf(manifests))
      for (const volume of spec.volumes ?? []) expect(volume).not.toHaveProperty('hostPath');
  });
});
