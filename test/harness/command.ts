import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PATIENCE } from './deadline.ts';

/** Runs a short command to its end and returns what it printed; throws with its complaint when it fails. */
export async function command(argv: readonly [string, ...string[]], input = ''): Promise<string> {
  const [file, ...args] = argv;
  const child = spawn(file, args, { timeout: PATIENCE, killSignal: 'SIGKILL' });
  // A command may end before it has read everything; then its exit code tells.
  child.stdin.on('error', () => undefined).end(input);
  const [out, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code === 0) return out;
  throw new Error(`${argv.join(' ')} (${code ?? 'killed'}): ${complaint.trim()}${input && `\n${input}`}`);
}
