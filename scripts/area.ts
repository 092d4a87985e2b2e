import { glob } from 'node:fs/promises';
import { join } from 'node:path';

/** The root of the workspace. */
export const root: string = join(import.meta.dirname, '..');

/** What one package or service exports from a file of an agreed name. */
export interface Area {
  /** The folder's name. */
  readonly name: string;
  readonly exports: readonly unknown[];
}

/** Imports `src/<file>` of every package and every service that has one, by name. */
export async function areas(file: string): Promise<Area[]> {
  const paths: string[] = [];
  for await (const path of glob(`{packages,services}/*/src/${file}`, { cwd: root })) paths.push(path);
  return Promise.all(
    paths.sort().map(async (path) => {
      const module: object = await import(join(root, path));
      return { name: path.split('/')[1] ?? path, exports: Object.values(module) };
    }),
  );
}
