import type { Ledger } from './ledger.ts';
import { formatPlace } from './place.ts';
import { judge, type Rules } from './rule.ts';
import type { Option, Section } from './section.ts';

/** The options of a section, each of which is accounted for in the end. */
export class Options {
  readonly section: Section;
  readonly #ledger: Ledger;
  readonly #byName: ReadonlyMap<string, readonly Option[]>;
  readonly #told = new Set<string>();

  /** `aliases` are older names of options. */
  constructor(section: Section, ledger: Ledger, aliases: ReadonlyMap<string, string> = new Map()) {
    this.section = section;
    this.#ledger = ledger;
    this.#byName = Map.groupBy(section.options, ({ name }) => aliases.get(name) ?? name);
  }

  get name(): string {
    return this.section.name;
  }

  /** The option that counts: the last one of its name that says anything. */
  last(name: string): Option | undefined {
    return this.#byName.get(name)?.findLast(({ value }) => value !== '');
  }

  value(name: string): string | undefined {
    return this.last(name)?.value;
  }

  /** All of a name. */
  all(name: string): readonly Option[] {
    return this.#byName.get(name) ?? [];
  }

  /** The words of all options of a name, with commas between. */
  words(name: string): readonly { readonly word: string; readonly option: Option }[] {
    return this.all(name).flatMap((option) =>
      option.value
        .split(',')
        .map((word) => ({ word: word.trim(), option }))
        .filter(({ word }) => word !== ''),
    );
  }

  /** Says that the option is in what is written; the ones of its name before it are overridden. */
  carry(...names: readonly string[]): void {
    for (const name of names) this.#tell(name, (option) => this.#ledger.carried(option.place));
  }

  /** Says that all options of a name are in what is written. */
  carryAll(name: string): void {
    for (const option of this.all(name)) this.#ledger.carried(option.place);
    this.#told.add(name);
  }

  /** Says why the option is not carried over. */
  leave(name: string, reason: string): void {
    this.#tell(name, (option) => this.#ledger.left(option.place, reason));
  }

  /** Says why none of the options of a name is carried over. */
  leaveAll(name: string, reason: string): void {
    for (const option of this.all(name)) this.#ledger.left(option.place, reason);
    this.#told.add(name);
  }

  /** Says why one of several options of a name is not carried over. */
  leaveAt(option: Option, reason: string): void {
    this.#ledger.left(option.place, reason);
  }

  /** Says that one of several options of a name is in what is written. */
  carryAt(option: Option): void {
    this.#ledger.carried(option.place);
  }

  /** Says why one of several options of a name means nothing here. */
  ignoreAt(option: Option, reason: string): void {
    this.#ledger.meaningless(option.place, reason);
  }

  /** Says why the option means nothing here. */
  ignore(name: string, reason: string): void {
    this.#tell(name, (option) => this.#ledger.meaningless(option.place, reason));
  }

  /** Says that each option of a name counts by itself, and was told of. */
  told(name: string): void {
    this.#told.add(name);
  }

  /** Says what becomes of the section as a whole. */
  heading(): void {
    this.#ledger.carried(this.section.place);
  }

  /** Says of all that was not told of yet what becomes of it. */
  settle(known: Rules): void {
    for (const [name, options] of this.#byName) {
      if (this.#told.has(name)) continue;
      const rule = known.get(name);
      for (const option of options) {
        const { fate, reason } = rule
          ? judge(rule, option)
          : { fate: 'left' as const, reason: 'is no option that is known' };
        this.#ledger[fate](option.place, reason);
      }
    }
  }

  /** Leaves all of the section. */
  abandon(reason: string): void {
    this.#ledger.left(this.section.place, reason);
    for (const option of this.section.options) this.#ledger.left(option.place, reason);
    for (const name of this.#byName.keys()) this.#told.add(name);
  }

  #tell(name: string, tell: (option: Option) => void): void {
    const counts = this.last(name) ?? this.all(name).at(-1);
    if (!counts) return;
    this.#told.add(name);
    for (const option of this.all(name)) {
      if (option === counts) tell(option);
      else this.#ledger.meaningless(option.place, `is overridden at ${formatPlace(counts.place)}`);
    }
  }
}
