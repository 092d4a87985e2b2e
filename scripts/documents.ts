import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { areas, root } from './area.ts';
import { chartSchema } from './chart-schema.ts';
import { configurationDocument } from './configuration-document.ts';
import { dashboard, dashboardNames } from './dashboards.ts';
import { diagnosisDocument } from './diagnosis-document.ts';
import { errorsDocument } from './errors-document.ts';
import { metricsDocument } from './metrics-document.ts';

const schema = 'charts/tandem/values.schema.json';

/** The documents that are made of code, by path from the root. */
export const documents: ReadonlyMap<string, () => Promise<string>> = new Map<string, () => Promise<string>>([
  ['docs/errors.md', async () => errorsDocument(await areas('faults.ts'))],
  ['docs/diagnosis.md', async () => diagnosisDocument(await areas('faults.ts'))],
  ['docs/metrics.md', async () => metricsDocument(await areas('metrics.ts'))],
  [schema, async () => chartSchema(await readFile(join(root, schema), 'utf8'), await areas('settings.ts'))],
  ...dashboardNames.map(
    (name) => [`charts/tandem/files/dashboards/${name}.json`, async () => dashboard(name)] as const,
  ),
  ['docs/configuration.md', async () => configurationDocument(await areas('settings.ts'))],
]);

/** Whether a document says what the code says. */
export async function isCurrent(path: string, render: () => Promise<string>): Promise<boolean> {
  const kept = await readFile(join(root, path), 'utf8').catch(() => undefined);
  return kept === (await render());
}

/** Writes a document anew. */
export async function write(path: string, render: () => Promise<string>): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), await render());
}
