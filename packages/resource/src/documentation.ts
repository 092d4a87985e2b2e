import type { z } from 'zod';
import { jsonSchema, type Kind, kinds } from './resource.ts';

type Schema = z.core.JSONSchema.JSONSchema;

interface Row {
  readonly field: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** The part of docs/configuration.md that describes the kinds: a table of fields for each. */
export function resourceDocumentation(): string {
  return (Object.keys(kinds) as Kind[]).map(describeKind).join('\n');
}

function describeKind(kind: Kind): string {
  const schema = jsonSchema(kind);
  const rows = rowsOf(schema, '').filter(({ field }) => field !== 'kind');
  const lines = rows.map(({ field, schema: of, required }) => {
    const fallback = required ? 'required' : defaultOf(of);
    return `| \`${field}\` | ${typeOf(of)} | ${fallback} | ${of.description ?? ''} |`;
  });
  const head = ['| field | type | default | meaning |', '|---|---|---|---|'];
  return [`### ${kind}`, '', schema.description ?? '', '', ...head, ...lines, ''].join('\n');
}

/** The leaves of a schema, and the mappings that may be left out as a whole. */
function rowsOf(schema: Schema, prefix: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const of = property as Schema;
    const field = `${prefix}${name}`;
    const row = { field, schema: of, required: schema.required?.includes(name) ?? false };
    if (!of.properties) return [row];
    return [...(of.description ? [row] : []), ...rowsOf(of, `${field}.`)];
  });
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items as Schema)}`;
  if (schema.type === 'integer') return `whole number, ${schema.minimum} to ${schema.maximum}`;
  return typeof schema.type === 'string' ? (typeNames.get(schema.type) ?? schema.type) : '';
}

const typeNames = new Map([
  ['string', 'text'],
  ['boolean', 'true or false'],
  ['object', 'mapping'],
]);

function defaultOf(schema: Schema): string {
  if (schema.default === undefined || schema.properties) return '';
  return `\`${JSON.stringify(schema.default)}\``;
}
