import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './area.ts';
import { breaking } from './contract.ts';
import { type Run, run } from './run.ts';

/** What the check says of contracts in which a text was replaced. */
async function checked(file: string, from: string, to: string): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'contracts-'));
  await cp(join(root, 'proto'), folder, { recursive: true });
  const text = await readFile(join(folder, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  await writeFile(join(folder, file), text.replace(from, to));
  return run('buf', breaking, relative(root, folder));
}

const contract = 'tandem/router/v1/router.proto';

it.each([
  ['another number', 'string call_id = 6;', 'string call_id = 66;', 'call_id'],
  ['another type', 'uint32 cseq = 7;', 'string cseq = 7;', 'cseq'],
  ['another name', 'string user_agent = 15;', 'string agent = 15;', 'user_agent'],
  ['no field', 'repeated string supported = 16;', '', 'supported'],
  ['no method', 'rpc Session(stream RequestBatch) returns (stream VerdictBatch);', '', 'Session'],
])('refuses a contract with %s where the last release has one', async (_, from, to, named) => {
  const { ok, output } = await checked(contract, `  ${from}\n`, to && `  ${to}\n`);
  expect(ok).toBe(false);
  expect(output).toContain(named);
});

it('lets a contract grow', async () => {
  const grown = 'string call_id = 6;\n  // More.\n  string more = 99;';
  expect(await checked(contract, 'string call_id = 6;', grown)).toEqual({ ok: true, output: '' });
});
