import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@tandem/sip';
import { configurationUnreadable } from './faults.ts';

/** A file of the configuration; its path is relative to the folder. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** All YAML files of a folder and the folders in it, by path. What begins with a dot is left alone. */
export async function readFolder(folder: string): Promise<SourceFile[]> {
  try {
    const paths = await listFiles(folder, '');
    return await Promise.all(paths.sort().map((path) => readSource(folder, path)));
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new Fault(configurationUnreadable, error.message, { cause: error });
    }
    throw error;
  }
}

async function readSource(folder: string, path: string): Promise<SourceFile> {
  return { path, text: await readFile(join(folder, path), 'utf8') };
}

async function listFiles(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .map(async (entry) => {
        const path = join(below, entry.name);
        if (entry.isDirectory()) return listFiles(folder, path);
        return (await isSource(folder, path)) ? [path] : [];
      }),
  );
  return found.flat();
}

/** The files of a mounted Kubernetes volume are symbolic links. */
async function isSource(folder: string, path: string): Promise<boolean> {
  return /\.ya?ml$/.test(path) && (await stat(join(folder, path))).isFile();
}
