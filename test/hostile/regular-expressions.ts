import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, relative } from 'node:path';
import { parse, type Token } from 'acorn';

/** A regular expression in the source. */
export interface Literal {
  /** Where it stands: `folder/file.ts:line`. */
  readonly place: string;
  readonly pattern: string;
  readonly flags: string;
}

const root = join(import.meta.dirname, '../..');

/** All that stand in the files of some folders, tests and what only tests use left out. */
export function literalsOf(folders: readonly string[]): Literal[] {
  return folders.flatMap(sources).flatMap((file) => literalsIn(relative(root, file), read(file)));
}

/** Files that make expressions of texts: nobody can say what they are. */
export function makersOf(folders: readonly string[]): string[] {
  return folders
    .flatMap(sources)
    .filter((file) => /\bRegExp\(/.test(read(file)))
    .map((file) => relative(root, file));
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

function sources(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const own = files.filter(
    (file) => file.endsWith('.ts') && !/\.(test|bench)\.ts$|(^|\/)fixture\//.test(file),
  );
  return own.map((file) => join(root, folder, file));
}

function literalsIn(file: string, source: string): Literal[] {
  const found: Literal[] = [];
  const onToken = ({ loc, type, value }: Token & { readonly value?: unknown }): void => {
    if (type.label !== 'regexp') return;
    const { flags, pattern } = value as { flags: string; pattern: string };
    found.push({ place: `${file}:${loc?.start.line}`, pattern, flags });
  };
  parse(stripTypeScriptTypes(source), {
    ecmaVersion: 'latest',
    sourceType: 'module',
    locations: true,
    onToken,
  });
  return found;
}
