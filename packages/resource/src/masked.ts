import { parse, stringify } from 'yaml';
import { readDocument } from './document.ts';
import { Secret, secretPlaceholder } from './secret.ts';

/** A document as it was written, but for its secrets. Undefined when it is not right: then nobody knows them. */
export function withoutSecrets(text: string): Record<string, unknown> | undefined {
  const { resource } = readDocument(text);
  return resource && (masked(parse(text), resource) as Record<string, unknown>);
}

/** Values as documents of one YAML stream. */
export function toYaml(values: readonly unknown[]): string {
  return values.map((value) => stringify(value)).join('---\n');
}

/** `checked` is what the written value turned out to be: it knows which texts are secrets. */
function masked(written: unknown, checked: unknown): unknown {
  if (checked instanceof Secret) return secretPlaceholder;
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written;
  const fields = checked as Readonly<Record<string, unknown>> | undefined;
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) => [name, masked(value, fields?.[name])]),
  );
}
