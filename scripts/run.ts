import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from './area.ts';

/** How a tool of the workspace ended, and all that it printed. */
export interface Run {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program of node_modules/.bin in a folder of the workspace. */
export async function run(tool: string, args: readonly string[], folder = '.'): Promise<Run> {
  const child = spawn(join(root, 'node_modules/.bin', tool), args, {
    cwd: join(root, folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { ok: code === 0, output: out + complaints };
}
