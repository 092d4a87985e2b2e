import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { compose } from './compose.ts';
import { checkConsistency } from './consistency.ts';
import { configurationInvalid } from './faults.ts';
import { isTenant, isUser, type Located } from './located.ts';
import { fetchPasswords } from './password.ts';
import { formatProblem, type Problem } from './problem.ts';
import { type DocumentCache, readDocuments } from './read.ts';
import type { Resource } from './resource.ts';
import type { Snapshot } from './snapshot.ts';

export interface LoadOptions {
  /** Handed to one load after the other, it makes a reload cost what has changed. */
  readonly cache?: DocumentCache;
  /** Resources that belong to every configuration of this installation. */
  readonly builtIn?: readonly Resource[];
}

/** A configuration, or all that is wrong with it. */
export interface Validation {
  readonly problems: readonly Problem[];
  /** There when nothing is wrong. */
  readonly snapshot?: Snapshot;
}

/** Loads the YAML files of a folder. Throws one `configuration-invalid` that lists every problem. */
export async function load(folder: string, options: LoadOptions = {}): Promise<Snapshot> {
  const { problems, snapshot } = await validate(folder, options);
  if (snapshot) return snapshot;
  throw new Fault(configurationInvalid, problems.map(formatProblem).join('\n'));
}

/** Like {@link load}, but tells the problems instead of throwing; throws only when the folder cannot be read. */
export async function validate(folder: string, options: LoadOptions = {}): Promise<Validation> {
  const read = await readDocuments(folder, options.cache ?? new Map());
  const all = [...read.located, ...(options.builtIn ?? []).map(builtIn)];
  const tenants = all.filter(isTenant);
  const users = all.filter(isUser);
  const fetched = await fetchPasswords(folder, users);
  const inconsistencies = checkConsistency(tenants, users, brokenTenants(read.problems));
  const problems = [...read.problems, ...fetched.problems, ...inconsistencies];
  if (problems.length > 0) return { problems: problems.sort(byPlace) };
  await nextTurn();
  const snapshot = compose(read.version, tenants.map(bare), users.map(bare), fetched.passwords);
  return { problems: [], snapshot };
}

function builtIn(resource: Resource): Located {
  return { resource, file: 'built-in', line: 1, text: '' };
}

function bare<R extends Resource>({ resource }: Located<R>): R {
  return resource;
}

function brokenTenants(problems: readonly Problem[]): string[] {
  const prefix = 'Tenant/';
  return problems
    .filter(({ subject }) => subject.startsWith(prefix))
    .map(({ subject }) => subject.slice(prefix.length));
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file === b.file) return a.line - b.line;
  return a.file < b.file ? -1 : 1;
}
