import type { AnySettings, Setting } from './setting.ts';

/** A table of settings for docs/configuration.md. */
export function settingsDocumentation(settings: AnySettings): string {
  const head = ['| variable | flag | default | meaning |', '|---|---|---|---|'];
  return [...head, ...Object.values(settings).map(describe)].join('\n');
}

function describe(setting: Setting): string {
  const unit = setting.unit === undefined ? '' : ` (${setting.unit})`;
  const cells = [
    `\`${setting.variable}\``,
    `\`${setting.flag}\``,
    `${defaultWords(setting)}${unit}`,
    setting.description.replaceAll('|', '\\|'),
  ];
  return `| ${cells.join(' | ')} |`;
}

function defaultWords({ default: fallback, schema }: Setting): string {
  if (typeof fallback === 'object') return fallback.words;
  if (fallback !== undefined) return `\`${fallback}\``;
  return schema.safeParse(undefined).success ? 'unset' : 'required';
}
