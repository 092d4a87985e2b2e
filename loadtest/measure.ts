import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Network } from '../test/harness/network.ts';
import { isolation } from '../test/isolation.ts';

/** Ticks of the kernel's clock a second: the same on all that Linux runs on. */
const ticks = 100;
const marker = 'TANDEM_TEST_NAMESPACE';

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs this program again in a private network namespace; true in there. */
export function insideNamespace(): boolean {
  if (process.env[marker]) return true;
  const { prefix, lack } = isolation();
  const [file, ...rest] = [...prefix, ...process.argv];
  if (lack || file === undefined) throw new Error(`no private network namespace: ${lack}`);
  const { status } = spawnSync(file, rest, {
    stdio: 'inherit',
    env: { ...process.env, [marker]: 'private' },
  });
  process.exitCode = status ?? 1;
  return false;
}

/** Measures on a network of its own. `measure` counts what is not as it should be: if anything, this process ends with 1. */
export async function onNetwork(
  purpose: string,
  measure: (network: Network) => Promise<number>,
): Promise<void> {
  if (!insideNamespace()) return;
  const network = await Network.open(purpose);
  try {
    process.exitCode = (await measure(network)) === 0 ? 0 : 1;
  } finally {
    await network.close();
  }
}

/** Seconds of processor time that a process has used, its threads included. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

export function residentKilobytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
}
