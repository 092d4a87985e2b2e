import type { Ledger } from './ledger.ts';
import { Options } from './options.ts';
import { formatPlace } from './place.ts';
import type { Section } from './section.ts';

/** The objects of pjsip.conf, by type and name. */
export class Objects {
  readonly #byType = new Map<string, Map<string, Options>>();
  readonly #ledger: Ledger;
  /** Those that something refers to. */
  readonly #used = new Set<Options>();

  constructor(sections: readonly Section[], ledger: Ledger) {
    this.#ledger = ledger;
    for (const section of sections) this.#enter(section);
  }

  types(): readonly string[] {
    return [...this.#byType.keys()];
  }

  of(type: string): readonly Options[] {
    return [...(this.#byType.get(type)?.values() ?? [])];
  }

  get(type: string, name: string): Options | undefined {
    return this.#byType.get(type)?.get(name);
  }

  /** The objects that an option names, in order. */
  named(type: string, by: Options, option: string): readonly Options[] {
    const words = by.words(option);
    const found = words.map(({ word }) => this.get(type, word));
    by.carryAll(option);
    for (const [index, { word, option: at }] of words.entries()) {
      const object = found[index];
      if (object) this.use(object);
      else this.#ledger.left(at.place, `there is no ${type} ${word}`);
    }
    return found.filter((each) => each !== undefined);
  }

  use(object: Options): void {
    this.#used.add(object);
    object.heading();
  }

  /** Those of a type that nothing has used. */
  unused(type: string): readonly Options[] {
    return this.of(type).filter((object) => !this.#used.has(object));
  }

  #enter(section: Section): void {
    if (section.template) {
      this.#ledger.template(section);
      return;
    }
    const object = new Options(section, this.#ledger);
    const type = object.value('type')?.toLowerCase();
    if (type === undefined) {
      object.abandon('has no type');
      return;
    }
    const known = this.#byType.get(type) ?? new Map<string, Options>();
    this.#byType.set(type, known);
    known.get(section.name)?.abandon(`is there again at ${formatPlace(section.place)}`);
    known.set(section.name, object);
  }
}
