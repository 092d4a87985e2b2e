import { contractDrift, generateContract } from './contract.ts';
import { documents, isCurrent, write } from './documents.ts';

/** Files that differ from what would be generated. */
async function drift(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, render] of documents) if (!(await isCurrent(path, render))) stale.push(path);
  return [...stale, ...(await contractDrift())];
}

if (process.argv.includes('--check')) {
  const stale = await drift();
  for (const path of stale) process.stdout.write(`${path} is out of date: run pnpm generate\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  await generateContract();
  for (const [path, render] of documents) await write(path, render);
}
