import { lineOfField } from './document.ts';
import { type FieldPath, fieldName } from './issue.ts';
import type { Problem } from './problem.ts';
import type { Kind, Resource } from './resource.ts';

/** A resource with the place where it is written. */
export interface Located<R extends Resource = Resource> {
  readonly resource: R;
  readonly file: string;
  /** The line on which the document begins, from 1. */
  readonly line: number;
  /** The text of the document. */
  readonly text: string;
}

/** A problem of a field that is right by itself. */
export function problemAt(at: Located, path: FieldPath, problem: string): Problem {
  const { kind, metadata } = at.resource;
  return {
    file: at.file,
    line: at.line + lineOfField(at.text, path),
    subject: `${kind}/${metadata.name}`,
    field: fieldName(path),
    problem,
  };
}

/** `file:line` of a whole document. */
export function placeOf({ file, line, text }: Located): string {
  return `${file}:${line + lineOfField(text, [])}`;
}

/** A resource of a kind with its place. */
export type WithKind<K extends Kind> = Located<Extract<Resource, { kind: K }>>;

export function ofKind<K extends Kind>(all: readonly Located[], kind: K): WithKind<K>[] {
  return all.filter((located): located is WithKind<K> => located.resource.kind === kind);
}

/** `kind/name at file:line`: whose something is. */
export function owned(by: Located): string {
  return `${by.resource.kind}/${by.resource.metadata.name} at ${placeOf(by)}`;
}
