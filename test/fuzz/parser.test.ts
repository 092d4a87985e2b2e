import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Process } from '../harness/process.ts';

const seconds = 60;

it('withstands a minute of mutated messages: only Faults, no stall, no growth', {
  timeout: 2 * seconds * 1000,
}, async () => {
  const fuzzer = new Process('fuzzer', [
    process.execPath,
    '--expose-gc',
    fileURLToPath(import.meta.resolve('./parser.ts')),
    `--seconds=${seconds}`,
  ]);
  const { code } = await fuzzer.ended(1.5 * seconds * 1000);
  expect(code, fuzzer.transcript.join('\n')).toBe(0);
});
