import { expect, it } from 'vitest';
import { resourceDocumentation } from './documentation.ts';
import { jsonSchema, type Kind, kinds } from './resource.ts';

const text = resourceDocumentation();

it.each([
  '### Tenant',
  '| `spec.domains` | list of text | `[]` |',
  '| `spec.media.anchor` | `auto`, `always`, `never` | `"auto"` |',
  '| `spec.registration.minExpires` | whole number, 1 to 3600 | `60` |',
  '| `spec.auth.algorithms` | list of `MD5`, `SHA-256` | `["MD5"]` |',
  '### User',
  '| `metadata.name` | text | required |',
  '| `spec.enabled` | true or false | `true` |',
])('documents %s', (line) => {
  expect(text).toContain(line);
});

it('gives every field a meaning', () => {
  expect(text.split('\n').filter((line) => line.endsWith('|  |'))).toEqual([]);
});

it.each(Object.keys(kinds) as Kind[])('has a JSON Schema of %s that lets nothing else through', (kind) => {
  expect(jsonSchema(kind)).toMatchObject({ type: 'object', additionalProperties: false });
});
