import type { Folder } from './folder.ts';
import { type Import, type ImportOptions, importAsterisk } from './import.ts';

/** A folder with files in memory. */
export function folderOf(files: Readonly<Record<string, string>>): Folder {
  return {
    paths: Object.keys(files).sort(),
    read: (path) => {
      const text = files[path];
      return text === undefined ? { problem: 'cannot be read: ENOENT' } : { text };
    },
  };
}

/** Imports files in memory into the tenant `office`. */
export async function importFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<ImportOptions> = {},
): Promise<Import> {
  return importAsterisk(folderOf(files), {
    tenant: 'office',
    domains: [],
    ownAddresses: true,
    timezone: 'Europe/Madrid',
    ...options,
  });
}

/** What became of each line: `file:line fate reason`. */
export function fatesOf({ entries }: Pick<Import, 'entries'>): string[] {
  return entries.map(({ file, line, fate, reason }) => `${file}:${line} ${fate} ${reason}`.trim());
}

/** The reason of one line that was not carried over. */
export function reasonAt({ entries }: Import, file: string, line: number): string | undefined {
  const entry = entries.find((each) => each.file === file && each.line === line);
  return entry?.fate === 'left' ? entry.reason : undefined;
}
