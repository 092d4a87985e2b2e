import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { secretUnusable } from './faults.ts';
import { minSecretLength } from './keys.ts';

const fileName = 'cluster-secret';

/** The cluster secret that is kept in the data folder; made on first use. Throws `secret-unusable`. */
export async function loadOrCreateSecret(folder: string): Promise<Secret> {
  const file = join(folder, fileName);
  try {
    return check(file, (await read(file)) ?? (await create(folder, file)));
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(secretUnusable, `${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Links a whole file into place: of two processes that start together, both read the secret of the first. */
async function create(folder: string, file: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return readFile(file, 'utf8');
}

function check(file: string, content: string): Secret {
  const secret = content.trim();
  if (secret.length >= minSecretLength) return new Secret(secret);
  throw new Fault(
    secretUnusable,
    `${file}: ${secret.length} characters, at least ${minSecretLength} are needed`,
  );
}
