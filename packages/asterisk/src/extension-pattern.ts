/** How wide an element of a pattern is: Asterisk looks at narrow ones first. */
const widths = { more: 1_000, rest: 2_000 } as const;
const classes: Readonly<Record<string, { readonly source: string; readonly width: number }>> = {
  X: { source: '[0-9]', width: 10 },
  Z: { source: '[1-9]', width: 9 },
  N: { source: '[2-9]', width: 8 },
};
const maxElements = 80;

interface Element {
  /** As a regular expression. */
  readonly source: string;
  readonly width: number;
  /** The only character that it stands for. */
  readonly literal?: string;
}

/** An extension of the dialplan: a number, or after an underscore a pattern of numbers. */
export class ExtensionPattern {
  readonly text: string;
  readonly #elements: readonly Element[];
  readonly #compiled: RegExp;

  private constructor(text: string, elements: readonly Element[]) {
    this.text = text;
    this.#elements = elements;
    this.#compiled = new RegExp(this.expression);
  }

  /** Undefined when it is no number and no pattern. */
  static parse(text: string): ExtensionPattern | undefined {
    const elements = text.startsWith('_') ? elementsOf(text.slice(1)) : literals(text);
    if (!elements || elements.length === 0 || elements.length > maxElements) return undefined;
    return new ExtensionPattern(text, elements);
  }

  /** The number, when it stands for one only. */
  get literal(): string | undefined {
    const characters = this.#elements.map(({ literal }) => literal);
    return characters.includes(undefined) ? undefined : characters.join('');
  }

  /** The first characters, when they are the same in all its numbers. */
  prefix(length: number): string | undefined {
    const characters = this.#elements.slice(0, length).map(({ literal }) => literal);
    return characters.length < length || characters.includes(undefined) ? undefined : characters.join('');
  }

  /** A regular expression in the syntax of RE2 that is found in its numbers alone. */
  get expression(): string {
    return `^${this.#elements.map(({ source }) => source).join('')}$`;
  }

  matches(number: string): boolean {
    return this.#compiled.test(number);
  }

  /** Less than 0 when Asterisk looks at this one first. */
  compare(other: ExtensionPattern): number {
    for (const [index, { width }] of this.#elements.entries()) {
      const theirs = other.#elements[index]?.width ?? Number.POSITIVE_INFINITY;
      if (width !== theirs) return width - theirs;
    }
    return other.#elements.length > this.#elements.length ? 1 : 0;
  }
}

function literals(text: string): Element[] {
  return Array.from(text, (literal) => ({ source: escaped(literal), width: 1, literal }));
}

function elementsOf(pattern: string): Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    const known = classes[character.toUpperCase()];
    if (character === '-') continue;
    if (known) elements.push(known);
    else if (character === '.' || character === '!') {
      const more = character === '.';
      // Whatever follows is not looked at.
      return [...elements, { source: more ? '.+' : '.*', width: more ? widths.more : widths.rest }];
    } else if (character === '[') {
      const end = pattern.indexOf(']', at);
      const set = end < 0 ? undefined : setOf(pattern.slice(at + 1, end));
      if (!set) return undefined;
      elements.push(set);
      at = end;
    } else elements.push(...literals(character));
  }
  return elements;
}

/** `15-7` of `[15-7]`. */
function setOf(text: string): Element | undefined {
  const members = [...text.matchAll(/(.)-(.)|(.)/g)];
  const sources = members.map(([, from, to, one]) =>
    one === undefined ? `${escaped(from!)}-${escaped(to!)}` : escaped(one),
  );
  const backwards = members.some(([, from, to]) => from !== undefined && from > to!);
  if (text === '' || backwards) return undefined;
  const width = members.reduce(
    (sum, [, from, to]) => sum + (from === undefined ? 1 : to!.charCodeAt(0) - from.charCodeAt(0) + 1),
    0,
  );
  return { source: `[${sources.join('')}]`, width, ...(text.length === 1 && { literal: text }) };
}

function escaped(character: string): string {
  return /[A-Za-z0-9]/.test(character) ? character : `\\${character}`;
}
