import type { Area } from './area.ts';
import { isSettings } from './configuration-document.ts';

/** The list of settings in charts/tandem/values.schema.json, which knows nothing else of them. */
const list = /("setting": \{\s*"enum": \[)[^\]]*\]/;

/** The schema of the chart's values with every setting that the `src/settings.ts` of all tiers export. */
export function chartSchema(schema: string, all: readonly Area[]): string {
  const settings = all.flatMap(({ exports }) => exports.filter(isSettings)).flatMap(Object.values);
  const names = [...new Set(settings.map(({ variable }) => variable))].sort((one, other) =>
    one < other ? -1 : 1,
  );
  return schema.replace(list, `$1\n${names.map((name) => `        "${name}"`).join(',\n')}\n      ]`);
}
