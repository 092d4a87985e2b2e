import { causesOf, type Figures, figuresOf } from './figures.ts';
import { type Judgement, judge, objectives } from './objective.ts';
import type { PlacedCall } from './placed-call.ts';

/** What calls amount to, and what became of each objective. */
export interface Report {
  readonly met: boolean;
  readonly figures: Figures;
  readonly objectives: readonly Judgement[];
  /** Why calls were not answered, or over before their time, and how many. */
  readonly causes: readonly { readonly cause: string; readonly calls: number }[];
}

/** Causes that are told. */
const told = 10;

export function reportOf(calls: readonly PlacedCall[], limits: Readonly<Record<string, number>>): Report {
  const figures = figuresOf(calls);
  const judged = judge(objectives, figures, limits);
  const causes = causesOf(calls).slice(0, told);
  return {
    met: judged.every(({ met }) => met),
    figures,
    objectives: judged,
    causes: causes.map(([cause, count]) => ({ cause, calls: count })),
  };
}

/** The causes, the objectives that were missed, and the line with all figures, which is the last one. */
export function reportLines({ met, figures, objectives, causes }: Report): string[] {
  const missed = objectives.filter((each) => !each.met);
  return [
    ...causes.map(({ cause, calls }) => `failed calls=${calls} ${cause}`),
    ...missed.map((each) => `missed ${each.name}: ${wanted(each)}`),
    sloLine(met, figures),
  ];
}

/** What was measured, and what was wanted. */
export function wanted({ value, bound, limit, unit }: Judgement): string {
  return `${show(value, unit)}, ${bound === 'min' ? 'at least' : 'at most'} ${show(limit, unit)} is wanted`;
}

function sloLine(
  met: boolean,
  { calls, answered, heard, dropped, delay, loss, longestGap }: Figures,
): string {
  const delays = Object.entries(delay).map(([name, value]) => `delay-${name}=${show(value, 'ms')}`);
  return [
    `slo ${met ? 'met' : 'missed'}`,
    `calls=${calls}`,
    `answered=${show(answered, '%')}`,
    ...delays,
    `heard=${show(heard, '%')}`,
    `loss=${show(loss, '%')}`,
    `gap=${show(longestGap, 'ms')}`,
    `dropped=${dropped}`,
  ].join(' ');
}

export function show(value: number, unit: Judgement['unit']): string {
  if (Number.isNaN(value)) return 'none';
  if (unit === 'calls') return `${value}`;
  return unit === '%' ? `${Number(value.toFixed(2))}%` : `${Math.round(value)}ms`;
}
