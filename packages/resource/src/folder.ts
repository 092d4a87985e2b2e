import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '@tandem/sip';
import { configurationUnreadable } from './faults.ts';

/** A text with documents of the configuration: a file, or what a store has under one key. */
export interface Source {
  /** Relative to the folder, or the key. */
  readonly path: string;
  readonly text: string;
  /** The one resource that it may hold, as `resourcePath` says; any number of any when unset. */
  readonly holds?: string;
}

/** The files of a folder, with the folder that their paths are relative to. */
export interface SourceFolder {
  readonly folder: string;
  readonly sources: readonly Source[];
}

/**
 * A YAML file, or all YAML files of a folder and the folders in it, by path. What begins with a dot is left alone.
 * Throws `configuration-unreadable`.
 */
export async function readSources(path: string): Promise<SourceFolder> {
  try {
    if ((await stat(path)).isFile()) {
      const folder = dirname(path);
      return { folder, sources: [await readSource(folder, basename(path))] };
    }
    const paths = await listFiles(path, '');
    const sources = await Promise.all(paths.sort().map((file) => readSource(path, file)));
    return { folder: path, sources };
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new Fault(configurationUnreadable, error.message, { cause: error });
    }
    throw error;
  }
}

async function readSource(folder: string, path: string): Promise<Source> {
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
