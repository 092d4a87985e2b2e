import { matchesGlob, posix } from 'node:path';
import type { Folder } from './folder.ts';

/** Where the files of an Asterisk that runs are. */
const usualFolder = '/etc/asterisk/';

/** `#include`, `#tryinclude` or `#exec`, and what it names. */
export interface Directive {
  readonly name: string;
  readonly target: string;
}

/** Reads a line that begins with `#`. */
export function parseDirective(line: string): Directive {
  const [, name = '', rest = ''] = /^#\s*([A-Za-z]*)\s*(.*)$/.exec(line) ?? [];
  const quoted = /^(?:"([^"]*)"|<([^>]*)>)/.exec(rest);
  return { name: name.toLowerCase(), target: quoted?.[1] ?? quoted?.[2] ?? rest.trim() };
}

/** The files that an inclusion names; what is wrong with it where it names none. */
export function filesOf(folder: Folder, target: string): readonly string[] | { readonly problem: string } {
  const path = posix.normalize(target.startsWith(usualFolder) ? target.slice(usualFolder.length) : target);
  if (posix.isAbsolute(path) || path.startsWith('..')) {
    return { problem: `${target} is outside of the folder, which nothing is read from` };
  }
  if (folder.paths.includes(path)) return [path];
  const found = /[*?[{]/.test(path) ? folder.paths.filter((each) => matchesGlob(each, path)).sort() : [];
  return found.length > 0 ? found : { problem: `there is no ${target}` };
}
