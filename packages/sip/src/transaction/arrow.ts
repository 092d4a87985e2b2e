import type { ClientEffects, ServerEffects } from './effect.ts';

/** A row of a machine's table: the arrow `state --input--> state`, and its effects in order. */
export type Row = readonly [arrow: string, effects: string];

export interface Arrow {
  readonly from: string;
  readonly input: string;
  readonly to: string;
}

export function readArrow(arrow: string): Arrow {
  const [from, rest] = arrow.split(' --');
  const [input, to] = rest?.split('--> ') ?? [];
  if (!from || !input || !to) throw new Error(`not an arrow: ${arrow}`);
  return { from, input, to };
}

/** The effects as a table has them: `disarm A, arm M 32000, deliver`. */
export function writeEffects(effects: ClientEffects | ServerEffects): string {
  return effects.map((effect) => Object.values(effect).join(' ')).join(', ');
}
