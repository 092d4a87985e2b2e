import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { FieldPath } from './issue.ts';
import { type Located, problemAt } from './located.ts';
import type { Problem } from './problem.ts';
import type { Resource } from './resource.ts';
import { Secret } from './secret.ts';
import type { PasswordSource } from './user.ts';

/** Passwords that are kept outside the configuration, by what names their place. */
export type Passwords = ReadonlyMap<PasswordSource, Secret>;

/** Where a resource names a place of a password. */
interface Kept {
  readonly located: Located;
  readonly path: FieldPath;
  readonly source: PasswordSource;
}

function keptBy(located: Located): Kept[] {
  return accountsIn(located.resource).flatMap(([path, account]) => {
    const source = account?.passwordFrom;
    return source ? [{ located, path: [...path, 'passwordFrom'], source }] : [];
  });
}

type Keeper = { readonly passwordFrom?: PasswordSource | undefined } | undefined;

function accountsIn({ kind, spec }: Resource): (readonly [FieldPath, Keeper])[] {
  if (kind === 'User') return [[['spec', 'credentials'], spec.credentials]];
  if (kind !== 'Trunk') return [];
  return [
    [['spec', 'auth'], spec.auth],
    [['spec', 'identify', 'credentials'], spec.identify.credentials],
  ];
}

/** What is wrong with a path of a file without knowing the file. */
export function relativePasswordFiles(all: readonly Located[]): Problem[] {
  return all.flatMap(keptBy).flatMap(({ located, path, source: { file } }) => {
    if (file === undefined || isAbsolute(file)) return [];
    const problem = 'must be an absolute path where the configuration is not a folder';
    return [problemAt(located, [...path, 'file'], problem)];
  });
}

/** Fetches what `passwordFrom` points at; relative paths are meant from below the folder. */
export async function fetchPasswords(
  folder: string,
  all: readonly Located[],
): Promise<{ passwords: Passwords; problems: Problem[] }> {
  const passwords = new Map<PasswordSource, Secret>();
  const problems: Problem[] = [];
  for (const { located, path, source } of all.flatMap(keptBy)) {
    const found = await fetchPassword(resolve(folder, dirname(located.file)), source);
    if (found instanceof Secret) passwords.set(source, found);
    else problems.push(problemAt(located, path, found));
  }
  return { passwords, problems };
}

/** The password, or what is wrong. */
async function fetchPassword(folder: string, { env, file }: PasswordSource): Promise<Secret | string> {
  if (env !== undefined) {
    const value = process.env[env];
    return value ? new Secret(value) : `environment variable ${env} is not set`;
  }
  try {
    const text = (await readFile(resolve(folder, file!), 'utf8')).replace(/\r?\n$/, '');
    return text === '' ? `file ${file} is empty` : new Secret(text);
  } catch (error) {
    return `file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`;
  }
}
