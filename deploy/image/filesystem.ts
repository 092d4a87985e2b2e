import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.ts';

/** Who runs it: nobody else's number, and none that a machine gives to its users. */
const user = 65_532;
const repository = join(import.meta.dirname, '../..');

const texts = {
  'etc/passwd': `tandem:x:${user}:${user}:tandem:/var/lib/tandem:/sbin/nologin\n`,
  'etc/group': `tandem:x:${user}:\n`,
  'etc/nsswitch.conf': 'hosts: files dns\n',
};

/** Shared libraries of a program, its loader included, as paths. */
function librariesOf(program: string): string[] {
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
}

/** Puts a file where it is on this machine. */
function place(root: string, from: string, to: string = from): void {
  const file = join(root, to);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(realpathSync(from), file);
  chmodSync(file, 0o755);
}

/**
 * Fills a folder with all that the image has: Node, the libraries of this machine that it needs, and `tandem`. No shell, no
 * package manager, nothing that is written to.
 */
export async function fill(root: string): Promise<void> {
  place(root, process.execPath, '/usr/bin/node');
  for (const library of librariesOf(process.execPath)) place(root, library);
  for (const folder of ['etc', 'tmp', 'var/lib/tandem']) mkdirSync(join(root, folder), { recursive: true });
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(root, path), text);
  copyFileSync(join(repository, 'LICENSE'), join(root, 'LICENSE'));
  await bundle(join(root, 'app/tandem.mjs'));
}
