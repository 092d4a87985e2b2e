import { access, constants, mkdir } from 'node:fs/promises';
import { Fault } from '@tandem/sip';
import { dataUnusable } from './faults.ts';

/** Makes the folder for what this node keeps over a restart. Throws `data-unusable`. */
export async function openDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new Fault(dataUnusable, `${folder}: ${(error as Error).message}`, { cause: error });
  }
}
