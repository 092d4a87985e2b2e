import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Process } from '../harness/process.ts';

it.each([
  ['messages', 'parser', 60],
  ['session descriptions', 'sdp', 10],
])(
  'withstands mutated %s: only Faults, no stall, no growth',
  { timeout: 150_000 },
  async (_, program, seconds) => {
    const fuzzer = new Process('fuzzer', [
      process.execPath,
      '--expose-gc',
      fileURLToPath(import.meta.resolve(`./${program}.ts`)),
      `--seconds=${seconds}`,
    ]);
    const { code } = await fuzzer.ended(120_000);
    expect(code, fuzzer.transcript.join('\n')).toBe(0);
  },
);
