import type { Option } from './section.ts';

/**
 * What becomes of options that nothing is made of: they mean nothing here, or they are left; or they are left when they
 * ask for something, and mean nothing when they say no.
 */
export interface Rule {
  readonly fate: 'meaningless' | 'left' | 'left unless no';
  readonly reason: string;
}

export type Rules = ReadonlyMap<string, Rule>;

/** A table of rules: options with spaces between, by fate and reason. */
export function rules(rows: readonly (readonly [Rule['fate'], reason: string, options: string])[]): Rules {
  return new Map(
    rows.flatMap(([fate, reason, options]) =>
      options
        .trim()
        .split(/\s+/)
        .map((option) => [option, { fate, reason }] as const),
    ),
  );
}

/** What a rule makes of an option. */
export function judge(
  { fate, reason }: Rule,
  { value }: Option,
): { fate: 'meaningless' | 'left'; reason: string } {
  if (fate !== 'left unless no') return { fate, reason };
  return isNo(value) ? { fate: 'meaningless', reason: 'asks for nothing' } : { fate: 'left', reason };
}

/** Whether a value says yes, as Asterisk reads it. */
export function isYes(value: string): boolean {
  return /^(?:yes|true|y|t|1|on)$/i.test(value);
}

export function isNo(value: string): boolean {
  return /^(?:no|false|n|f|0|off|none|never|)$/i.test(value);
}
