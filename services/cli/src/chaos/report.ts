import { figuresOf } from '../slo/figures.ts';
import type { PlacedCall } from '../slo/placed-call.ts';
import { type Report, reportLines, show, wanted } from '../slo/report.ts';
import type { Death } from './deaths.ts';

/** A death, and what happened to calls from then until the next one. */
interface Cost extends Pick<Death, 'tier' | 'name'> {
  /** Seconds after the first call. */
  readonly at: number;
  /** Calls that were up. */
  readonly up: number;
  readonly refused: number;
  readonly dropped: number;
  /** Milliseconds without RTP: the longest in any of these calls; NaN when none was answered. */
  readonly longestGap: number;
}

export interface ChaosReport extends Report {
  readonly seed: number;
  /** How many deaths were planned. */
  readonly planned: number;
  readonly deaths: readonly Cost[];
}

export function chaosReport(
  report: Report,
  { seed, planned }: Pick<ChaosReport, 'seed' | 'planned'>,
  deaths: readonly Death[],
  calls: readonly PlacedCall[],
): ChaosReport {
  const died = deaths.filter(({ name }) => name !== undefined).length;
  return { ...report, met: report.met && died === planned, seed, planned, deaths: costsOf(deaths, calls) };
}

function costsOf(deaths: readonly Death[], calls: readonly PlacedCall[]): Cost[] {
  const begin = Math.min(...calls.map(({ at }) => at));
  return deaths.map(({ at, tier, name }, index) => {
    const next = deaths[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    const touched = calls.filter((call) => call.at < next && call.over > at);
    const ended = touched.filter((call) => call.over <= next);
    return {
      at: Math.round((at - begin) / 100) / 10,
      tier,
      name,
      up: calls.filter((call) => call.at < at && call.over > at).length,
      refused: ended.filter(({ refused }) => refused !== undefined).length,
      dropped: ended.filter(({ dropped }) => dropped !== undefined).length,
      longestGap: figuresOf(touched).longestGap,
    };
  });
}

/** Each death with its cost, each objective with its limit, and all that the report of the calls says. */
export function chaosLines(report: ChaosReport): string[] {
  const { seed, planned, deaths } = report;
  const died = deaths.filter(({ name }) => name !== undefined).length;
  return [
    `chaos seed=${seed} planned=${planned} killed=${died}`,
    ...deaths.map(deathLine),
    ...report.objectives.filter(({ met }) => met).map((each) => `met ${each.name}: ${wanted(each)}`),
    ...(died < planned ? [`missed kills: ${died}, ${planned} were planned`] : []),
    ...reportLines(report),
  ];
}

function deathLine({ at, tier, name, up, refused, dropped, longestGap }: Cost): string {
  const head = `${name === undefined ? 'spared' : 'killed'} at=${at}s tier=${tier}`;
  if (name === undefined) return `${head} reason=the tier has nobody to spare`;
  return `${head} node=${name} up=${up} refused=${refused} dropped=${dropped} gap=${show(longestGap, 'ms')}`;
}
