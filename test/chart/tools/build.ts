/** Builds what the tests of the chart run into a folder: `node build.ts FOLDER`. The last line says what failed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './programs.ts';
import { schemas } from './schemas.ts';

const [out = ''] = process.argv.slice(2);

async function make(name: string, made: () => Promise<void>): Promise<void> {
  if (existsSync(join(out, name))) return;
  process.stdout.write(`${name} is being made\n`);
  await made();
}

try {
  for (const name of ['helm', 'kubectl-validate'])
    await make(name, () => build(name, join(import.meta.dirname, name), out));
  await make('schemas', () => schemas(out));
} catch (error) {
  process.stdout.write(`${(error as Error).message.replaceAll('\n', '; ')}\n`);
  process.exitCode = 1;
}
