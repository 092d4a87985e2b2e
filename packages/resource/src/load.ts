import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { compose } from './compose.ts';
import { checkConsistency } from './consistency.ts';
import { configurationInvalid } from './faults.ts';
import { readSources, type Source } from './folder.ts';
import type { Located } from './located.ts';
import { fetchPasswords, relativePasswordFiles } from './password.ts';
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

/** Loads a YAML file, or those of a folder. Throws one `configuration-invalid` that lists every problem. */
export async function load(path: string, options: LoadOptions = {}): Promise<Snapshot> {
  return accepted(await validate(path, options));
}

/** Like {@link load}, but tells the problems instead of throwing; throws only when nothing can be read. */
export async function validate(path: string, options: LoadOptions = {}): Promise<Validation> {
  const { folder, sources } = await readSources(path);
  return conclude(await inspect(sources, options), folder);
}

/** Loads what a store has, where no path can be relative to anything. */
export async function loadStored(sources: readonly Source[], options: LoadOptions = {}): Promise<Snapshot> {
  const inspection = await inspect(sources, options);
  const problems = [...inspection.problems, ...relativePasswordFiles(inspection.all)];
  return accepted(await conclude({ ...inspection, problems }, '/'));
}

/** What would be wrong with these resources in a store. Passwords that are kept elsewhere need not be there yet. */
export async function findProblems(sources: readonly Source[]): Promise<readonly Problem[]> {
  const { all, problems } = await inspect(sources, {});
  return [...problems, ...relativePasswordFiles(all)].sort(byPlace);
}

/** Resources with what is wrong with them and between them. */
interface Inspection {
  readonly version: string;
  readonly all: readonly Located[];
  readonly problems: readonly Problem[];
}

async function inspect(sources: readonly Source[], options: LoadOptions): Promise<Inspection> {
  const read = await readDocuments(sources, options.cache ?? new Map());
  const all = [...read.located, ...(options.builtIn ?? []).map(builtIn)];
  const inconsistencies = checkConsistency(all, brokenTenants(read.problems));
  return { version: read.version, all, problems: [...read.problems, ...inconsistencies] };
}

async function conclude(inspection: Inspection, folder: string): Promise<Validation> {
  const { version, all } = inspection;
  const fetched = await fetchPasswords(folder, all);
  const problems = [...inspection.problems, ...fetched.problems];
  if (problems.length > 0) return { problems: problems.sort(byPlace) };
  await nextTurn();
  return {
    problems: [],
    snapshot: compose(
      version,
      all.map(({ resource }) => resource),
      fetched.passwords,
    ),
  };
}

function accepted({ problems, snapshot }: Validation): Snapshot {
  if (snapshot) return snapshot;
  throw new Fault(configurationInvalid, problems.map(formatProblem).join('\n'));
}

function builtIn(resource: Resource): Located {
  return { resource, file: 'built-in', line: 1, text: '' };
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
