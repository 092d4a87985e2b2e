import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { describeIssue, type FieldPath, type FieldProblem, fieldName, problemsOf } from './issue.ts';
import { nearestHint } from './nearest.ts';
import type { Problem } from './problem.ts';
import { isKind, jsonSchema, kinds, type Resource } from './resource.ts';

/** What one document turned out to be. Lines count from the document's own beginning, from 0. */
export type Reading =
  | { readonly resource: Resource; readonly problems?: never }
  | { readonly resource?: never; readonly problems: readonly LocalProblem[] };

/** A problem within a document, wherever the document stands. */
type LocalProblem = Omit<Problem, 'file'>;

/** Reads one YAML document and checks it by itself. */
export function readDocument(text: string): Reading {
  const source = new Source(text);
  if (source.document.errors.length > 0) return { problems: source.syntaxProblems() };
  const value = source.value();
  if (value instanceof Error) return { problems: [source.problem([], value.message)] };
  if (!value)
    return { problems: [source.problem([], 'must be a mapping with apiVersion, kind, metadata, spec')] };
  const { kind } = value;
  if (!isKind(kind)) {
    return { problems: [source.problem(['kind'], unknownKind(kind), subjectOf(value))] };
  }
  const checked = kinds[kind].safeParse(value, { error: describeIssue });
  if (checked.success) return { resource: checked.data };
  const found = checked.error.issues.flatMap((issue: z.core.$ZodIssue) =>
    problemsOf(issue, jsonSchema(kind)),
  );
  return {
    problems: found.map(({ path, problem }: FieldProblem) => source.problem(path, problem, subjectOf(value))),
  };
}

/** The line of a field within the text of its document, from 0. */
export function lineOfField(text: string, path: FieldPath): number {
  return new Source(text).lineOf(path);
}

function unknownKind(kind: unknown): string {
  if (kind === undefined) return 'is required';
  const written = word(kind);
  return `${written} is unknown${nearestHint(written, Object.keys(kinds))}`;
}

function subjectOf({ kind, metadata }: Record<string, unknown>): string {
  const name = (metadata as { name?: unknown } | null | undefined)?.name;
  return `${word(kind)}/${word(name)}`;
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}

/** A parsed document that still knows where its fields stand. */
class Source {
  readonly #lines = new LineCounter();
  readonly document: Document.Parsed;

  constructor(text: string) {
    this.document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  value(): Record<string, unknown> | Error | undefined {
    try {
      return isMap(this.document.contents) ? this.document.toJS() : undefined;
    } catch (error) {
      // An alias without its anchor, or more aliases than a document has reason for.
      return error as Error;
    }
  }

  syntaxProblems(): LocalProblem[] {
    return this.document.errors.map(({ message, pos: [start] }) => ({
      line: this.#lines.linePos(start).line - 1,
      subject: '?/?',
      field: '',
      problem: message,
    }));
  }

  problem(path: FieldPath, problem: string, subject = '?/?'): LocalProblem {
    return { line: this.lineOf(path), subject, field: fieldName(path), problem };
  }

  /** The line of the deepest field on the path that is there. */
  lineOf(path: FieldPath): number {
    let node: unknown = this.document.contents;
    let offset = this.document.contents?.range[0] ?? 0;
    for (const step of path) {
      const next = childOf(node, step);
      if (!next) break;
      ({ node } = next);
      offset = next.offset ?? offset;
    }
    return this.#lines.linePos(offset).line - 1;
  }
}

function childOf(
  node: unknown,
  step: string | number,
): { node: unknown; offset: number | undefined } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step] as { range?: number[] } | undefined;
    return item && { node: item, offset: item.range?.[0] };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
  return pair && { node: pair.value, offset: isScalar(pair.key) ? pair.key.range?.[0] : undefined };
}
