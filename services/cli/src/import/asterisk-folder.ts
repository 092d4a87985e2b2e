import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { type Folder, importTooLarge, importUnreadable, maxOctets } from '@tandem/asterisk';
import { Fault } from '@tandem/sip';

/** Paths that are looked at: far more than there are in /etc/asterisk. */
const maxPaths = 10_000;
const maxDepth = 8;

/** A folder, or one file of it. Throws `import-unreadable` and `import-too-large`. */
export function openFolder(path: string): Folder {
  try {
    const folder = statSync(path).isDirectory();
    const root = realpathSync(folder ? path : dirname(path));
    // Of a single file only what it includes is read besides.
    const paths = listed(root, '', 0);
    return {
      paths: folder ? paths : withOnly(paths, basename(path)),
      read: (name) => readWithin(root, name),
    };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new Fault(importUnreadable, error.message, { cause: error });
  }
}

/** Without the other files that an import begins with. */
function withOnly(paths: readonly string[], name: string): readonly string[] {
  const others = ['pjsip.conf', 'sip.conf', 'extensions.conf'].filter((each) => each !== name);
  return paths.filter((path) => !others.includes(path));
}

function listed(root: string, below: string, depth: number): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory() && depth < maxDepth) found.push(...listed(root, path, depth + 1));
    else if (!entry.isDirectory()) found.push(path);
    if (found.length > maxPaths) throw new Fault(importTooLarge, `more than ${maxPaths} files in ${root}`);
  }
  return found.sort();
}

/** A link may lead out of the folder: what is there is not read. */
function readWithin(root: string, name: string): ReturnType<Folder['read']> {
  try {
    const path = realpathSync(join(root, name));
    if (relative(root, path).split(sep)[0] === '..')
      return { problem: 'leads out of the folder, which nothing is read from' };
    const { size } = statSync(path);
    if (!statSync(path).isFile()) return { problem: 'is no file' };
    if (size > maxOctets) return { problem: `is larger than ${maxOctets} octets` };
    return textOf(readFileSync(path));
  } catch (error) {
    return { problem: `cannot be read: ${(error as NodeJS.ErrnoException).code}` };
  }
}

/** UTF-8, or else what files were written in before. */
function textOf(octets: Buffer): ReturnType<Folder['read']> {
  if (octets.includes(0)) return { problem: 'holds something else than text' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(octets) };
  } catch {
    return { text: new TextDecoder('latin1').decode(octets) };
  }
}
