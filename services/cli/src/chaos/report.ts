import { figuresOf } from '../slo/figures.ts';
import { judge } from '../slo/objective.ts';
import type { PlacedCall } from '../slo/placed-call.ts';
import { type Report, reportLines, reportOf, show, wanted } from '../slo/report.ts';
import type { Disturbance } from './disturbances.ts';
import { absences, isServer, type Server } from './parts.ts';
import { recovery, recoveryAfter } from './recovery.ts';
import type { Harm, Spoiled } from './spoiling.ts';

/** A disturbance, and what happened to calls from then until the next one. */
interface Cost extends Pick<Disturbance, 'kind' | 'part' | 'name' | 'by' | 'harm' | 'spared'> {
  /** Seconds after the first call. */
  readonly at: number;
  /** Seconds. */
  readonly for: number;
  /** Calls that were up. */
  readonly up: number;
  readonly refused: number;
  readonly dropped: number;
  /** Milliseconds without RTP: the longest in any of these calls; NaN when none was answered. */
  readonly longestGap: number;
  /** Milliseconds from its end until calls were answered again. */
  readonly recovery: number;
}

export interface ChaosReport extends Report {
  readonly seed: number;
  /** How many disturbances were planned, and how many of them took place. */
  readonly planned: number;
  readonly done: number;
  readonly disturbances: readonly Cost[];
  /** Calls that were refused as is expected while a server is away; they count for nothing but recovery. */
  readonly excused: number;
}

/** What the calls of a run amount to. */
export interface Run {
  readonly seed: number;
  readonly planned: number;
  readonly disturbances: readonly Disturbance[];
  readonly calls: readonly PlacedCall[];
}

export function chaosReport(
  { seed, planned, disturbances, calls }: Run,
  limits: Readonly<Record<string, number>>,
): ChaosReport {
  const counted = calls.filter(
    (call) => !disturbances.some((each, index) => excuses(each, call, next(disturbances, index))),
  );
  const report = reportOf(counted, limits);
  const costs = costsOf(disturbances, calls);
  const done = disturbances.filter(({ spared }) => spared === undefined).length;
  const longest = Math.max(0, ...costs.map((cost) => cost.recovery));
  const recovered = judge([recovery], { recovery: longest }, limits);
  return {
    ...report,
    met: report.met && recovered.every(({ met }) => met) && done === planned,
    objectives: [...report.objectives, ...recovered],
    seed,
    planned,
    done,
    disturbances: costs,
    excused: calls.length - counted.length,
  };
}

/** When the next one began. */
function next(disturbances: readonly Disturbance[], index: number): number {
  return disturbances[index + 1]?.at ?? Number.POSITIVE_INFINITY;
}

/** Whether it is what limits.md says of the absence of a server. */
function excuses({ at, part, spared }: Disturbance, call: PlacedCall, before: number): boolean {
  const cause = spared === undefined && part && isServer(part) ? absences[part].excuses : undefined;
  return cause?.test(call.refused ?? '') === true && call.at < before && call.over > at;
}

function costsOf(disturbances: readonly Disturbance[], calls: readonly PlacedCall[]): Cost[] {
  const begin = Math.min(...calls.map(({ at }) => at));
  return disturbances.map(({ at, until, ...told }, index) => {
    const before = next(disturbances, index);
    const touched = calls.filter((call) => call.at < before && call.over > at);
    const ended = touched.filter((call) => call.over <= before);
    return {
      ...told,
      at: tenths(at - begin),
      for: tenths(until - at),
      up: calls.filter((call) => call.at < at && call.over > at).length,
      refused: ended.filter(({ refused }) => refused !== undefined).length,
      dropped: ended.filter(({ dropped }) => dropped !== undefined).length,
      longestGap: figuresOf(touched).longestGap,
      recovery: recoveryAfter(until, ended),
    };
  });
}

/** Seconds. */
function tenths(ms: number): number {
  return Math.round(ms / 100) / 10;
}

/** Each disturbance with its cost, each objective with its limit, and all that the report of the calls says. */
export function chaosLines(report: ChaosReport): string[] {
  const { seed, planned, done, disturbances, excused } = report;
  return [
    `chaos seed=${seed} planned=${planned} done=${done}`,
    ...disturbances.map(lineOf),
    ...serversOf(disturbances).map((server) => `expected ${server} away: ${absences[server].expected}`),
    ...(excused > 0 ? [`excused calls=${excused}`] : []),
    ...report.objectives.filter(({ met }) => met).map((each) => `met ${each.name}: ${wanted(each)}`),
    ...(done < planned ? [`missed disturbances: ${done}, ${planned} were planned`] : []),
    ...reportLines(report),
  ];
}

function serversOf(disturbances: readonly Cost[]): Server[] {
  return [...new Set(disturbances.flatMap(({ part }) => (part && isServer(part) ? part : [])))];
}

const verbs = { kill: 'killed', cut: 'cut', spoil: 'spoiled' } as const;

function lineOf(cost: Cost): string {
  const { kind, at, part, spared, up, refused, dropped } = cost;
  if (spared !== undefined) return `spared at=${at}s kind=${kind} part=${part} reason=${spared}`;
  const head = [`${verbs[kind]} at=${at}s`, ...whatOf(cost), `up=${up}`].join(' ');
  const [gap, recovered] = [cost.longestGap, cost.recovery].map((ms) => show(ms, 'ms'));
  return `${head} refused=${refused} dropped=${dropped} gap=${gap} recovery=${recovered}`;
}

/** Whom it befell, how, and for how long. */
function whatOf({ part, name, by, harm, for: seconds }: Cost): string[] {
  const whom = part === undefined ? [] : [`part=${part} node=${name}`];
  if (harm) return [...whom, `for=${seconds}s`, ...spoiledBy(harm)];
  return by === undefined ? whom : [...whom, `by=${by} for=${seconds}s`];
}

function spoiledBy({ lost, late, lateMs, twice, withheld, repeated }: Harm & Spoiled): string[] {
  const [losing, delaying, doubling] = [lost, late, twice].map((share) => show(100 * share, '%'));
  const shares = [`lost=${losing}`, `late=${delaying},${lateMs}ms`, `twice=${doubling}`];
  return [...shares, `withheld=${withheld}`, `repeated=${repeated}`];
}
