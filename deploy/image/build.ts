/**
 * Builds the file system of the image, for the processor and with the C library of this machine:
 * `node deploy/image/build.ts --out FOLDER` writes FOLDER/rootfs and FOLDER/rootfs.tar, which is the same, octet by octet,
 * whenever it is built from the same sources on the same release of Debian.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fill } from './filesystem.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
if (values.out === undefined) throw new Error('--out FOLDER is missing: where the file system is written to');
const root = join(values.out, 'rootfs');
mkdirSync(root, { recursive: true });
await fill(root);
const sameAlways = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=go-w'];
execFileSync('tar', [...sameAlways, '-C', root, '-cf', join(values.out, 'rootfs.tar'), '.']);
