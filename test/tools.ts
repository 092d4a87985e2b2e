import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What tests need and what is built from Go modules, in folders under chart/tools. */
export const tools = ['helm', 'kubectl-validate', 'schemas'] as const;

export type Tool = (typeof tools)[number];

const source = join(import.meta.dirname, 'chart/tools');
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');

/** Where they are. It is named by what they are built from, and shared by all checkouts. */
export const toolFolder: string = join(cache, 'tandem/tools', digest());

function digest(): string {
  const hash = createHash('sha256');
  for (const file of globSync('**/*.*', { cwd: source }).sort())
    hash.update(readFileSync(join(source, file)));
  return hash.digest('hex').slice(0, 12);
}

/** Begins to build what is not there yet, in the background, and returns. */
export function buildTools(): void {
  if (!tools.some(lackOf)) return;
  mkdirSync(toolFolder, { recursive: true });
  // The lock is taken before this returns, and is held until the build ends.
  const begin =
    'exec 9>"$1/lock"; flock -n 9 || exit; exec >"$1/log" 2>&1; nice -n 15 "$2" "$3/build.ts" "$1" &';
  spawnSync('sh', ['-c', begin, 'sh', toolFolder, process.execPath, source], { stdio: 'ignore' });
}

/** Resolves when nobody builds them any longer, whether or not they are there then. */
export async function toolsBuilt(): Promise<void> {
  if (!tools.some(lackOf)) return;
  const waiting = spawn('flock', [join(toolFolder, 'lock'), 'true'], { stdio: 'ignore' });
  await Promise.race([once(waiting, 'close'), once(waiting, 'error')]);
}

/** Why a tool is not there; empty when it is. */
export function lackOf(tool: Tool): string {
  if (existsSync(join(toolFolder, tool))) return '';
  const said = lastLine(join(toolFolder, 'log'));
  return `${tool} is not built from its Go module (${said || '`pnpm test` does that'})`;
}

function lastLine(file: string): string {
  return existsSync(file) ? (readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '') : '';
}
