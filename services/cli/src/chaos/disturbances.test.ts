import { Fault } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { cutImpossible } from '../faults.ts';
import { disturb } from './disturbances.ts';
import type { Part } from './parts.ts';
import type { Kind } from './plan.ts';
import type { Population } from './population.ts';

const never = new AbortController().signal;
const pace = { begin: 0, lasts: 3_000 };

interface Observed extends Population {
  /** What was done, in order. */
  readonly log: string[];
}

/** Nodes that die when they are killed. */
function population(nodes: Record<string, readonly string[]>, revives: boolean = false): Observed {
  const log: string[] = [];
  return {
    log,
    revives,
    of: async (part: Part) => (nodes[part] ?? []).filter((name) => !log.includes(`kill ${name}`)),
    kill: async (name) => {
      log.push(`kill ${name}`);
    },
    cut: async (name, ms) => {
      log.push(`cut ${name} ${ms}`);
      if (name.startsWith('stuck')) throw new Fault(cutImpossible, name);
      return 'scissors';
    },
    heal: async () => {
      log.push('heal');
    },
  };
}

function plan(...planned: readonly (readonly [Kind, Part, rank: number])[]) {
  return planned.map(([kind, part, rank]) => ({ at: 0, kind, part, rank }));
}

describe('disturbances', () => {
  it('are those of the plan, by rank among those who serve, in the order of their names', async () => {
    const nodes = population({ edge: ['edge-2', 'edge-0', 'edge-1'], media: ['media-1', 'media-0'] });
    const planned = plan(['kill', 'edge', 4], ['cut', 'media', 0], ['kill', 'edge', 4]);
    const done = await disturb(planned, nodes, pace, never);
    expect(nodes.log).toEqual(['heal', 'kill edge-1', 'cut media-0 3000', 'kill edge-0', 'heal']);
    expect(done.map(({ kind, part, name, by }) => [kind, part, name, by])).toEqual([
      ['kill', 'edge', 'edge-1', undefined],
      ['cut', 'media', 'media-0', 'scissors'],
      ['kill', 'edge', 'edge-0', undefined],
    ]);
  });

  it('spare the last one of a tier', async () => {
    const nodes = population({ edge: ['edge-0'] }, true);
    const done = await disturb(
      plan(['kill', 'edge', 1], ['cut', 'edge', 1], ['cut', 'router', 1]),
      nodes,
      pace,
      never,
    );
    expect(nodes.log).toEqual(['heal', 'heal']);
    expect(done.map(({ spared }) => spared)).toEqual(Array(3).fill('the part has nobody to spare'));
  });

  it.each([
    { revives: false, log: ['cut redis-0 3000'] },
    { revives: true, log: ['cut redis-0 3000', 'kill redis-0'] },
  ])('take a server away that is alone if it comes back: $log', async ({ revives, log }) => {
    const nodes = population({ redis: ['redis-0'] }, revives);
    await disturb(plan(['cut', 'redis', 7], ['kill', 'redis', 7]), nodes, pace, never);
    expect(nodes.log).toEqual(['heal', ...log, 'heal']);
  });

  it('go on with the next one when somebody cannot be cut off', async () => {
    const nodes = population({ media: ['stuck-0', 'stuck-1'] });
    const done = await disturb(plan(['cut', 'media', 0], ['kill', 'media', 0]), nodes, pace, never);
    expect(done.map(({ spared }) => spared)).toEqual(['cut-impossible: stuck-0', undefined]);
  });

  it('end when they are told to, and leave nobody cut off', async () => {
    const stop = new AbortController();
    const nodes = population({});
    const planned = [{ at: 600_000, kind: 'kill', part: 'edge', rank: 0 }] as const;
    const soon = disturb(planned, nodes, { ...pace, begin: performance.now() }, stop.signal);
    stop.abort();
    expect(await soon).toEqual([]);
    expect(nodes.log).toEqual(['heal', 'heal']);
  });
});
