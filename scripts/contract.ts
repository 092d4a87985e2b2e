import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './area.ts';
import { run } from './run.ts';

/** Where buf.gen.yaml puts the code. */
const generated = 'packages/contract/src/gen';

/** The arguments with which buf, in a folder of contracts, looks for what nodes of the last release would not understand. */
export const breaking: readonly string[] = [
  'breaking',
  '--against',
  join(root, 'packages/contract/released'),
];

/** Generates the contract code anew. */
export async function generateContract(): Promise<void> {
  await buf(root);
}

/** Files of the contract code that are not what proto/ says, by path from the root. */
export async function contractDrift(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-contract-'));
  try {
    await buf(folder);
    const [fresh, kept] = await Promise.all([contents(folder), contents(root)]);
    const paths = [...new Set([...fresh.keys(), ...kept.keys()])];
    return paths.filter((path) => fresh.get(path) !== kept.get(path)).map((path) => join(generated, path));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function buf(base: string): Promise<void> {
  const { ok, output } = await run('buf', ['generate', '--output', join(base, 'proto')], 'proto');
  if (!ok) throw new Error(output);
}

async function contents(base: string): Promise<Map<string, string>> {
  const folder = join(base, generated);
  const paths = await readdir(folder, { recursive: true });
  const files = paths.filter((path) => path.endsWith('.ts'));
  return new Map(
    await Promise.all(
      files.map(
        async (path): Promise<[string, string]> => [path, await readFile(join(folder, path), 'utf8')],
      ),
    ),
  );
}
