import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@tandem/sip';
import { backupUnusable } from '../faults.ts';

/** By the time at which it was made, so that the newest is the last. */
const named = /^tandem-\d{8}T\d{6}Z\.yaml$/;

/**
 * Puts a backup into a file that its owner alone can read, whole or not at all; in a folder into one named by the time, of
 * which the newest `keep` stay. Returns the file.
 */
export async function keepBackup(path: string, text: string, keep: number, now: Date): Promise<string> {
  return told(async () => {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const file = isFolder ? join(path, nameAt(now)) : path;
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(draft, file);
    if (isFolder) for (const old of (await backupsIn(path)).slice(0, -keep)) await rm(join(path, old));
    return file;
  });
}

/** The file itself, or the newest backup of a folder. */
export async function backupAt(path: string): Promise<string> {
  return told(async () => {
    if (!(await stat(path)).isDirectory()) return path;
    const newest = (await backupsIn(path)).at(-1);
    if (newest === undefined) throw new Fault(backupUnusable, `${path}: no backup is in that folder`);
    return join(path, newest);
  });
}

async function backupsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => named.test(name)).sort();
}

function nameAt(now: Date): string {
  return `tandem-${now.toISOString().replace(/[-:]|\.\d+/g, '')}.yaml`;
}

async function told<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(backupUnusable, (error as Error).message, { cause: error });
  }
}
