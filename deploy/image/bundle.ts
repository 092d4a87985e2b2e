import { join } from 'node:path';
import { build } from 'esbuild';

const main = join(import.meta.dirname, '../../services/cli/src/main.ts');

/** What CommonJS modules among the dependencies expect to be there. */
const banner = [
  "import { createRequire as makeRequire } from 'node:module';",
  'const require = makeRequire(import.meta.url);',
].join('\n');

/** Writes the whole of `tandem` into one file: Node does not take types out of what stands in node_modules. */
export async function bundle(file: string): Promise<void> {
  await build({
    entryPoints: [main],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: banner },
    // Names stay, for stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'eof',
    logLevel: 'warning',
  });
}
