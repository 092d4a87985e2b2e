import type { Tier } from '@tandem/platform';
import { describe, expect, it } from 'vitest';
import { kill } from './deaths.ts';
import type { Population } from './population.ts';

const never = new AbortController().signal;

/** Nodes that die when they are killed. */
function population(nodes: Record<string, readonly string[]>): Population & { readonly killed: string[] } {
  const killed: string[] = [];
  return {
    killed,
    of: async (tier: Tier) => (nodes[tier] ?? []).filter((name) => !killed.includes(name)),
    kill: async (name) => {
      killed.push(name);
    },
  };
}

function plan(...kills: readonly (readonly [Tier, rank: number])[]) {
  return kills.map(([tier, rank]) => ({ at: 0, tier, rank }));
}

describe('deaths', () => {
  it('are those of the plan, by rank among those who serve, in the order of their names', async () => {
    const nodes = population({ edge: ['edge-2', 'edge-0', 'edge-1'], media: ['media-1', 'media-0'] });
    const deaths = await kill(plan(['edge', 4], ['media', 0], ['edge', 4]), nodes, 0, never);
    expect(nodes.killed).toEqual(['edge-1', 'media-0', 'edge-0']);
    expect(deaths.map(({ tier, name }) => `${tier} ${name}`)).toEqual([
      'edge edge-1',
      'media media-0',
      'edge edge-0',
    ]);
  });

  it('spare the last one of a tier', async () => {
    const nodes = population({ edge: ['edge-0'] });
    const deaths = await kill(plan(['edge', 1], ['router', 1]), nodes, 0, never);
    expect([nodes.killed, deaths.map(({ name }) => name)]).toEqual([[], [undefined, undefined]]);
  });

  it('end when they are told to', async () => {
    const stop = new AbortController();
    const soon = kill(
      [{ at: 600_000, tier: 'edge', rank: 0 }],
      population({}),
      performance.now(),
      stop.signal,
    );
    stop.abort();
    expect(await soon).toEqual([]);
  });
});
