import type { Place } from './place.ts';
import type { Section } from './section.ts';

/** What becomes of a line of the input. */
export type Fate = 'carried' | 'meaningless' | 'left';

/** A line of the input and what became of it. */
export interface Entry extends Place {
  /** `[section] option`: never a value, which may be a password. */
  readonly what: string;
  readonly fate: Fate;
  /** Why it was not carried over; empty when it was. */
  readonly reason: string;
}

interface Account {
  readonly place: Place;
  readonly what: string;
  carried: boolean;
  readonly meaningless: Set<string>;
  readonly left: Set<string>;
  otherwise: { readonly fate: 'meaningless' | 'left'; readonly reason: string };
}

const unasked = { fate: 'left', reason: 'nothing asked for it' } as const;

/** Accounts for every line of the input. A template's line has as many fates as it has heirs; the worst one counts. */
export class Ledger {
  readonly #accounts = new Map<string, Map<number, Account>>();

  /** Every line that says anything is entered before anything becomes of it; what was entered before stays. */
  enter(place: Place, what: string): void {
    const file = this.#accounts.get(place.file) ?? new Map<number, Account>();
    this.#accounts.set(place.file, file);
    if (file.has(place.line)) return;
    file.set(place.line, {
      place,
      what,
      carried: false,
      meaningless: new Set(),
      left: new Set(),
      otherwise: unasked,
    });
  }

  carried(place: Place): void {
    this.#at(place).carried = true;
  }

  meaningless(place: Place, reason: string): void {
    this.#at(place).meaningless.add(reason);
  }

  left(place: Place, reason: string): void {
    this.#at(place).left.add(reason);
  }

  /** What becomes of a line if nothing else does. */
  otherwise(place: Place, fate: 'meaningless' | 'left', reason: string): void {
    this.#at(place).otherwise = { fate, reason };
  }

  /** What becomes of a template that nothing inherits from. */
  template({ place, options }: Section): void {
    this.otherwise(place, 'meaningless', 'is a template');
    for (const option of options) this.otherwise(option.place, 'meaningless', 'no section inherits it');
  }

  /** All lines, by file and line. */
  *entries(): Iterable<Entry> {
    for (const file of [...this.#accounts.keys()].sort()) {
      const accounts = [...this.#accounts.get(file)!.values()];
      yield* accounts.sort((a, b) => a.place.line - b.place.line).map(conclude);
    }
  }

  #at({ file, line }: Place): Account {
    const account = this.#accounts.get(file)?.get(line);
    if (!account) throw new Error(`${file}:${line} was never entered`);
    return account;
  }
}

/** Reasons that one line is told with: a template's line may have one for each of a thousand heirs. */
const maxReasons = 3;

function conclude({ place, what, carried, meaningless, left, otherwise }: Account): Entry {
  const told = (reasons: ReadonlySet<string>) => {
    const shown = [...reasons].slice(0, maxReasons).join('; ');
    return reasons.size > maxReasons ? `${shown}; and ${reasons.size - maxReasons} more` : shown;
  };
  if (left.size > 0) return { ...place, what, fate: 'left', reason: told(left) };
  if (carried) return { ...place, what, fate: 'carried', reason: '' };
  if (meaningless.size > 0) return { ...place, what, fate: 'meaningless', reason: told(meaningless) };
  return { ...place, what, ...otherwise };
}
