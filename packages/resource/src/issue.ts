import type { z } from 'zod';
import { nearestHint } from './nearest.ts';

/** The path of a field from the top of its document. */
export type FieldPath = readonly (string | number)[];

/** What is wrong with one field. */
export interface FieldProblem {
  readonly path: FieldPath;
  readonly problem: string;
}

/** Words for an issue that the schema has no words for; handed to zod when it parses. */
export const describeIssue: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue.expected, issue.input);
    case 'invalid_value':
      return describeValues(issue.values.map(String), issue.input);
    case 'too_small':
      return `must ${boundVerb(issue.origin)} at least ${issue.minimum}${boundUnit(issue.origin)}`;
    case 'too_big':
      return `must ${boundVerb(issue.origin)} at most ${issue.maximum}${boundUnit(issue.origin)}`;
    default:
      return undefined;
  }
};

const typeNames = new Map([
  ['string', 'text'],
  ['int', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a mapping'],
]);

function describeType(expected: string, input: unknown): string {
  const unquoted = expected === 'string' && typeof input === 'number';
  return `must be ${typeNames.get(expected) ?? expected}${unquoted ? '; put it in quotes' : ''}`;
}

function describeValues(values: string[], input: unknown): string {
  if (values.length === 1) return `must be ${values[0]}`;
  const hint = typeof input === 'string' ? nearestHint(input, values) : '';
  return `must be one of ${values.join(', ')}${hint}`;
}

function boundVerb(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'have' : 'be';
}

function boundUnit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' elements' : '';
}

/** The problems that an issue stands for; a field that does not exist is named with its nearest neighbour. */
export function problemsOf(issue: z.core.$ZodIssue, schema: z.core.JSONSchema.JSONSchema): FieldProblem[] {
  const path = issue.path as FieldPath;
  if (issue.code === 'invalid_key') {
    return [{ path, problem: issue.issues[0]?.message ?? issue.message }];
  }
  if (issue.code !== 'unrecognized_keys') return [{ path, problem: issue.message }];
  const known = fieldsAt(schema, path);
  return issue.keys.map((key) => ({
    path: [...path, key],
    problem: `is unknown${nearestHint(key, known)}`,
  }));
}

function fieldsAt(schema: z.core.JSONSchema.JSONSchema, path: FieldPath): string[] {
  let at: z.core.JSONSchema.JSONSchema | undefined = schema;
  for (const step of path) {
    at = (typeof step === 'number' ? at?.items : at?.properties?.[step]) as typeof at;
  }
  return Object.keys(at?.properties ?? {});
}

/** `spec.aliases[1]`. */
export function fieldName(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
