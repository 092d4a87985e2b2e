import { setTimeout as delay } from 'node:timers/promises';
import type { Tier } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import type { ScaledCluster } from '../harness/scaling/scaled-cluster.ts';
import { Load, type Tally } from './agent/load.ts';
import { Party } from './agent/party.ts';
import { Spread } from './agent/spread.ts';

export interface RampOptions {
  /** Calls a second, all the time and at the peak besides. */
  readonly base: number;
  readonly peak: number;
  /** Milliseconds that a call lasts, and that the peak goes on when all pods are there. */
  readonly talk: number;
  readonly stay: number;
  /** Phones that call, each with one that is called. */
  readonly pairs: number;
  /** Calls that are up all the time. */
  readonly held: number;
  /** Pods at the least and at the peak. */
  readonly least: Readonly<Partial<Record<Tier, number>>>;
  readonly most: Readonly<Partial<Record<Tier, number>>>;
  /** Milliseconds that they may take to follow. */
  readonly follows: number;
}

export interface RampResult {
  readonly high: Tally;
  readonly low: Tally;
  /** How many of the held calls were up at the end. */
  readonly up: number;
  readonly complaints: readonly string[];
}

/** Calls at a rate that rises to a peak, until pods have followed, and falls again, until they have followed that as well. */
export async function ramp(scaled: ScaledCluster, options: RampOptions): Promise<RampResult> {
  const { base, follows, held, least, most, pairs, peak, stay, talk } = options;
  const { cluster, loop } = scaled;
  const pods = (counts: RampOptions['least']): Promise<void> =>
    until(
      () => `${JSON.stringify(counts)}: ${loop.summary}`,
      () => loop.is(counts),
      follows,
    );
  const party = await Party.open(cluster, pairs);
  const spread = new Spread(party.agents);
  scaled.onEdges((edges) => spread.over(edges));
  const calls = await party.hold(held);
  const lasting = new Load(party, { rate: base, duration: talk });
  await pods(least);
  const rush = new Load(party, { rate: peak, duration: talk });
  await pods(most);
  await delay(stay);
  const high = await rush.finish();
  await pods(least);
  const low = await lasting.finish();
  const up = calls.filter(({ legs }) => legs.every(({ isUp }) => isUp)).length;
  await Promise.all(calls.map((call) => call.end('caller')));
  return { high, low, up, complaints: party.complaints };
}
