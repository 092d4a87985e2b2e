import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '@tandem/sip';
import { isServer, type Part } from './parts.ts';
import type { Planned, PlannedHarm, PlannedLoss } from './plan.ts';
import type { Population } from './population.ts';
import type { Harm, Spoiled, Spoiling } from './spoiling.ts';

/** What became of a planned disturbance. */
export interface Disturbance {
  readonly kind: Planned['kind'];
  /** By `performance.now()`. */
  readonly at: number;
  /** When everything was there again that comes back with it. */
  readonly until: number;
  /** Of whom it was one: undefined where RTP was spoiled. */
  readonly part?: Part;
  /** Whom it befell; undefined when the part had nobody to spare. */
  readonly name?: string | undefined;
  /** What has cut it off. */
  readonly by?: string;
  /** What befell RTP, and how many packets. */
  readonly harm?: Harm & Spoiled;
  /** Why it did not take place. */
  readonly spared?: string;
}

/** What can be disturbed. */
export interface Victims {
  readonly population: Population;
  readonly spoiling: Spoiling;
}

export interface Pace {
  /** When the plan began, by `performance.now()`. */
  readonly begin: number;
  /** Milliseconds that a node is cut off, and that RTP is spoiled. */
  readonly lasts: number;
}

/** Disturbs by a plan until it is done or the signal comes; nobody is cut off afterwards. */
export async function disturb(
  plan: readonly Planned[],
  { population, spoiling }: Victims,
  { begin, lasts }: Pace,
  signal: AbortSignal,
): Promise<Disturbance[]> {
  const done: Disturbance[] = [];
  await population.heal();
  try {
    for (const planned of plan) {
      await delay(Math.max(0, begin + planned.at - performance.now()), undefined, { signal }).catch(
        () => undefined,
      );
      if (signal.aborted) break;
      done.push(
        planned.kind === 'spoil'
          ? await spoil(planned, spoiling, lasts, signal)
          : await carryOut(planned, population, lasts, signal),
      );
    }
  } finally {
    await population.heal();
  }
  return done;
}

async function spoil(
  { kind, harm }: PlannedHarm,
  spoiling: Spoiling,
  lasts: number,
  signal: AbortSignal,
): Promise<Disturbance> {
  const at = performance.now();
  const spoiled = await spoiling.spoil(harm, lasts, signal);
  return { kind, at, until: performance.now(), harm: { ...harm, ...spoiled } };
}

async function carryOut(
  planned: PlannedLoss,
  population: Population,
  lasts: number,
  signal: AbortSignal,
): Promise<Disturbance> {
  const { kind, part, rank } = planned;
  const name = chosen(planned, (await population.of(part)).toSorted(), population, rank);
  const at = performance.now();
  const told = { kind, part, name, at };
  if (name === undefined) return { ...told, until: at, spared: 'the part has nobody to spare' };
  try {
    if (kind === 'cut')
      return { ...told, by: await population.cut(name, lasts, signal), until: performance.now() };
    await population.kill(name);
    return { ...told, until: at };
  } catch (error) {
    if (error instanceof Fault) return { ...told, until: at, spared: error.message };
    throw error;
  }
}

/** The last one of a tier is not a loss that anything could outlive; a server that is away for a while is. */
function chosen(
  { kind, part }: PlannedLoss,
  names: readonly string[],
  { revives }: Population,
  rank: number,
): string | undefined {
  const isBack = isServer(part) && (kind === 'cut' || revives);
  return names.length > 1 || isBack ? names[rank % names.length] : undefined;
}
