import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@tandem/sip';
import { argumentInvalid } from '../faults.ts';

/** Writes files with passwords into a folder that has no configuration yet. Throws `argument-invalid`. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const taken = (await readdir(folder)).find((name) => /\.ya?ml$/.test(name));
    if (taken !== undefined)
      throw new Fault(argumentInvalid, `--output: there is a ${taken} in ${folder} already`);
    for (const [name, text] of files) await writeFile(join(folder, name), text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(argumentInvalid, `--output: ${(error as Error).message}`, { cause: error });
  }
}
