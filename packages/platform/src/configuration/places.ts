import { lstat, readdir, readlink } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';

/** Folders to watch, and in each the names that matter; undefined: every name. */
export type Places = ReadonlyMap<string, ReadonlySet<string> | undefined>;

type Survey = Map<string, Set<string> | undefined>;

const maxLinks = 40;

/**
 * Where a change to a tree shows: in its folders, and wherever a link on the way to the tree or to one of its files
 * lies or leads. Kubernetes updates a mounted volume by swapping a link, others swap the whole folder.
 */
export async function placesOf(folder: string): Promise<Places> {
  const survey: Survey = new Map();
  await enterFolder(survey, await follow(survey, sep, resolve(folder)));
  return survey;
}

async function enterFolder(survey: Survey, folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return;
  survey.set(folder, undefined);
  for (const entry of entries.filter(({ name }) => !name.startsWith('.'))) {
    if (entry.isDirectory()) await enterFolder(survey, join(folder, entry.name));
    else if (entry.isSymbolicLink()) await follow(survey, folder, entry.name);
  }
}

/** Enters every link on the way, and where it ends or breaks off; returns that end. */
async function follow(survey: Survey, start: string, way: string): Promise<string> {
  const names = namesOf(way);
  let at = start;
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const path = join(at, name);
    const kind = await lstat(path).catch(() => undefined);
    const isLink = kind?.isSymbolicLink() ?? false;
    if (isLink || !kind || names.length === 0) enterName(survey, at, name);
    if (!kind || (isLink && ++links > maxLinks)) return path;
    const target = isLink ? await readlink(path) : name;
    if (isLink) names.unshift(...namesOf(target));
    if (isAbsolute(target)) at = sep;
    else if (!isLink) at = path;
  }
  return at;
}

function namesOf(way: string): string[] {
  return way.split(sep).filter((name) => name !== '' && name !== '.');
}

function enterName(survey: Survey, folder: string, name: string): void {
  if (!survey.has(folder)) survey.set(folder, new Set());
  survey.get(folder)?.add(name);
}
