import type { Part } from './parts.ts';
import type { Population } from './population.ts';
import { cutOff } from './process-cut.ts';

/** A process of this machine and what it is part of. */
export interface PartProcess {
  readonly part: Part;
  readonly pid: number;
}

/** Processes of this machine, named by part and place: `edge-1`, `edge-2`. They are killed by SIGKILL. */
export function processesOf(processes: readonly PartProcess[]): Population {
  const named = Map.groupBy(processes, ({ part }) => part);
  const nodes = [...named].flatMap(([part, each]) =>
    each.map(({ pid }, index) => ({ part, name: `${part}-${index + 1}`, pid })),
  );
  const pidOf = (name: string): number => nodes.find((node) => node.name === name)!.pid;
  return {
    revives: false,
    of: async (part) => nodes.filter((node) => node.part === part && runs(node.pid)).map(({ name }) => name),
    kill: async (name) => {
      process.kill(pidOf(name), 'SIGKILL');
    },
    cut: (name, ms, signal) => cutOff(pidOf(name), ms, signal),
    // Who has cut a process off heals it as well, and outlives this one.
    heal: async () => {},
  };
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
