import { breaking } from './contract.ts';
import { run } from './run.ts';

interface Check {
  readonly name: string;
  readonly tool: string;
  readonly args: readonly string[];
  readonly folder?: string;
}

const checks: readonly Check[] = [
  { name: 'types', tool: 'tsc', args: ['-p', '.', '--noEmit'] },
  { name: 'format and lint', tool: 'biome', args: ['check', '.'] },
  { name: 'lint with types', tool: 'oxlint', args: ['--type-aware'] },
  { name: 'dead code', tool: 'knip', args: [] },
  { name: 'contracts', tool: 'buf', args: ['lint'], folder: 'proto' },
  { name: 'contracts of the last release', tool: 'buf', args: breaking, folder: 'proto' },
  { name: 'generated files', tool: 'node', args: ['scripts/generate.ts', '--check'] },
];

const summary: string[] = [];
for (const { name, tool, args, folder } of checks) {
  const { ok, output } = await run(tool, args, folder);
  if (!ok) process.stdout.write(`${output}\n`);
  summary.push(`${ok ? 'ok    ' : 'failed'} ${name} (${tool})`);
  if (!ok) process.exitCode = 1;
}
process.stdout.write(`${summary.join('\n')}\n`);
