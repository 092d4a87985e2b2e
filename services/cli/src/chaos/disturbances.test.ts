import { Fault } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { cutImpossible } from '../faults.ts';
import { disturb } from './disturbances.ts';
import type { Part } from './parts.ts';
import type { PlannedLoss } from './plan.ts';
import type { Population } from './population.ts';
import { harmOf, Spoiling } from './spoiling.ts';

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

function plan(...planned: readonly (readonly [PlannedLoss['kind'], Part, rank: number])[]) {
  return planned.map(([kind, part, rank]) => ({ at: 0, kind, part, rank }));
}

function disturbing(planned: Parameters<typeof disturb>[0], nodes: Population) {
  return disturb(planned, { population: nodes, spoiling: new Spoiling() }, pace, never);
}

describe('disturbances', () => {
  it('are those of the plan, by rank among those who serve, in the order of their names', async () => {
    const nodes = population({ edge: ['edge-2', 'edge-0', 'edge-1'], media: ['media-1', 'media-0'] });
    const planned = plan(['kill', 'edge', 4], ['cut', 'media', 0], ['kill', 'edge', 4]);
    const done = await disturbing(planned, nodes);
    expect(nodes.log).toEqual(['heal', 'kill edge-1', 'cut media-0 3000', 'kill edge-0', 'heal']);
    expect(done.map(({ kind, part, name, by }) => [kind, part, name, by])).toEqual([
      ['kill', 'edge', 'edge-1', undefined],
      ['cut', 'media', 'media-0', 'scissors'],
      ['kill', 'edge', 'edge-0', undefined],
    ]);
  });

  it('spare the last one of a tier', async () => {
    const nodes = population({ edge: ['edge-0'] }, true);
    const done = await disturbing(plan(['kill', 'edge', 1], ['cut', 'edge', 1], ['cut', 'router', 1]), nodes);
    expect(nodes.log).toEqual(['heal', 'heal']);
    expect(done.map(({ spared }) => spared)).toEqual(Array(3).fill('the part has nobody to spare'));
  });

  it.each([
    { revives: false, log: ['cut redis-0 3000'] },
    { revives: true, log: ['cut redis-0 3000', 'kill redis-0'] },
  ])('take a server away that is alone if it comes back: $log', async ({ revives, log }) => {
    const nodes = population({ redis: ['redis-0'] }, revives);
    await disturbing(plan(['cut', 'redis', 7], ['kill', 'redis', 7]), nodes);
    expect(nodes.log).toEqual(['heal', ...log, 'heal']);
  });

  it('go on with the next one when somebody cannot be cut off', async () => {
    const nodes = population({ media: ['stuck-0', 'stuck-1'] });
    const done = await disturbing(plan(['cut', 'media', 0], ['kill', 'media', 0]), nodes);
    expect(done.map(({ spared }) => spared)).toEqual(['cut-impossible: stuck-0', undefined]);
  });

  it('spoil RTP for their time, and tell what was spoiled', async () => {
    const [spoiling, stop] = [new Spoiling(), new AbortController()];
    const planned = [{ at: 0, kind: 'spoil', harm: harmOf(7, 0) }] as const;
    const victims = { population: population({}), spoiling };
    const over = disturb(planned, victims, { begin: 0, lasts: 600_000 }, stop.signal);
    const fates: (readonly number[])[] = [];
    const leaving = (copies: number): number => fates.filter(({ length }) => length === copies).length;
    await expect
      .poll(() => {
        for (let packet = 0; packet < 1_000; packet++) fates.push(spoiling.fate());
        return leaving(0) > 0 && leaving(2) > 0;
      })
      .toBe(true);
    stop.abort();
    const [withheld, repeated] = [leaving(0), leaving(2)];
    expect(await over).toMatchObject([{ kind: 'spoil', harm: { ...harmOf(7, 0), withheld, repeated } }]);
  });

  it('end when they are told to, and leave nobody cut off', async () => {
    const stop = new AbortController();
    const nodes = population({});
    const planned = [{ at: 600_000, kind: 'kill', part: 'edge', rank: 0 }] as const;
    const soon = disturb(
      planned,
      { population: nodes, spoiling: new Spoiling() },
      { ...pace, begin: performance.now() },
      stop.signal,
    );
    stop.abort();
    expect(await soon).toEqual([]);
    expect(nodes.log).toEqual(['heal', 'heal']);
  });
});
