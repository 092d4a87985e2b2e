/**
 * Numbers for texts, at most `limit` of them at a time. When it is full, whatever was not used since the table was
 * half as full is forgotten. A number is never given to a second text, so a number that outlived its text names nobody.
 */
export class InternTable {
  readonly #half: number;
  #next = 0;
  #young: Generation = { numbers: new Map(), texts: new Map() };
  #old: Generation = { numbers: new Map(), texts: new Map() };

  constructor(limit: number) {
    this.#half = Math.max(1, limit >> 1);
  }

  /** The number of a text, when it has one. */
  find(text: string): number | undefined {
    const young = this.#young.numbers.get(text);
    if (young !== undefined) return young;
    const old = this.#old.numbers.get(text);
    if (old !== undefined) this.#keep(text, old);
    return old;
  }

  /** The number of a text, a new one when it has none. */
  number(text: string): number {
    const known = this.find(text);
    if (known !== undefined) return known;
    this.#keep(text, this.#next);
    return this.#next++;
  }

  /** The text of a number that is not forgotten. */
  text(number: number): string | undefined {
    const young = this.#young.texts.get(number);
    if (young !== undefined) return young;
    const old = this.#old.texts.get(number);
    if (old !== undefined) this.#keep(old, number);
    return old;
  }

  #keep(text: string, number: number): void {
    if (this.#young.texts.size >= this.#half) {
      this.#old = this.#young;
      this.#young = { numbers: new Map(), texts: new Map() };
    }
    this.#young.numbers.set(text, number);
    this.#young.texts.set(number, text);
  }
}

interface Generation {
  readonly numbers: Map<string, number>;
  readonly texts: Map<number, string>;
}
