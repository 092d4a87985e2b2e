import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { type Located, problemAt } from './located.ts';
import type { Problem } from './problem.ts';
import type { UserResource } from './resource.ts';
import { Secret } from './secret.ts';
import type { PasswordSource } from './user.ts';

/** Passwords that are kept outside the configuration, by the resource that names their place. */
export type Passwords = ReadonlyMap<UserResource, Secret>;

/** What is wrong with a path of a file without knowing the file. */
export function relativePasswordFiles(users: readonly Located<UserResource>[]): Problem[] {
  return users.flatMap((located) => {
    const file = located.resource.spec.credentials.passwordFrom?.file;
    if (file === undefined || isAbsolute(file)) return [];
    const problem = 'must be an absolute path where the configuration is not a folder';
    return [problemAt(located, ['spec', 'credentials', 'passwordFrom', 'file'], problem)];
  });
}

/** Fetches what `passwordFrom` points at; relative paths are meant from below the folder. */
export async function fetchPasswords(
  folder: string,
  users: readonly Located<UserResource>[],
): Promise<{ passwords: Passwords; problems: Problem[] }> {
  const passwords = new Map<UserResource, Secret>();
  const problems: Problem[] = [];
  for (const located of users) {
    const source = located.resource.spec.credentials.passwordFrom;
    if (!source) continue;
    const found = await fetchPassword(resolve(folder, dirname(located.file)), source);
    if (found instanceof Secret) passwords.set(located.resource, found);
    else problems.push(problemAt(located, ['spec', 'credentials', 'passwordFrom'], found));
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
