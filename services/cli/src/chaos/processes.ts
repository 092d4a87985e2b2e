import type { Tier } from '@tandem/platform';
import type { Population } from './population.ts';

/** A process of this machine and the tier that it runs. */
export interface TierProcess {
  readonly tier: Tier;
  readonly pid: number;
}

/** Processes of this machine, named by tier and place: `edge-1`, `edge-2`. They are killed by SIGKILL. */
export function processesOf(processes: readonly TierProcess[]): Population {
  const named = Map.groupBy(processes, ({ tier }) => tier);
  const nodes = [...named].flatMap(([tier, each]) =>
    each.map(({ pid }, index) => ({ tier, name: `${tier}-${index + 1}`, pid })),
  );
  return {
    of: async (tier) => nodes.filter((node) => node.tier === tier && runs(node.pid)).map(({ name }) => name),
    kill: async (name) => {
      const { pid } = nodes.find((node) => node.name === name)!;
      process.kill(pid, 'SIGKILL');
    },
  };
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
