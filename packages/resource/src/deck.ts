import { z } from 'zod';
import { nameSchema } from './name.ts';

/** What calls by a trunk cost, by prefix. */
export interface DeckSpec {
  readonly trunk: string;
  readonly prices: PriceList;
}

/** Characters of one deck: with its envelope it fits into one change of etcd. */
const maxCharacters = 350_000;
/** Digits of a prefix: a number has no more. */
const maxPrefix = 15;

/** A price, and the prefix that has it. */
export interface Price {
  readonly prefix: string;
  readonly price: number;
}

/** Prices by prefix, found by the longest one. */
export class PriceList {
  readonly #text: string;
  readonly #prices: ReadonlyMap<string, number>;
  readonly #longest: number;

  /** Reads lines of `34600 0.0125`. Throws when one is none, or a prefix stands twice. */
  constructor(text: string) {
    this.#text = text;
    this.#prices = readPrices(text);
    let longest = 0;
    for (const { length } of this.#prices.keys()) longest = Math.max(longest, length);
    this.#longest = longest;
  }

  get prefixes(): Iterable<string> {
    return this.#prices.keys();
  }

  get size(): number {
    return this.#prices.size;
  }

  /** The price of the longest prefix that a number in E.164 begins with. */
  find(number: string): Price | undefined {
    if (!number.startsWith('+')) return undefined;
    for (let length = Math.min(this.#longest, number.length - 1); length > 0; length--) {
      const prefix = number.slice(1, length + 1);
      const price = this.#prices.get(prefix);
      if (price !== undefined) return { prefix, price };
    }
    return undefined;
  }

  toJSON(): string {
    return this.#text;
  }
}

function readPrices(text: string): Map<string, number> {
  const prices = new Map<string, number>();
  let count = 0;
  for (const line of text.split('\n')) {
    count++;
    if (line === '' || line.startsWith('#')) continue;
    const [, prefix, price] = /^\+?([1-9][0-9]*)[ \t,;]+([0-9]{1,6}(?:\.[0-9]{1,8})?)\r?$/.exec(line) ?? [];
    if (prefix === undefined || prefix.length > maxPrefix)
      throw new Error(`line ${count} is no prefix with a price`);
    if (prices.has(prefix)) throw new Error(`line ${count}: ${prefix} has a price already`);
    prices.set(prefix, Number(price));
  }
  return prices;
}

const priceListSchema: z.ZodType<PriceList, string> = z
  .string()
  .max(maxCharacters)
  .transform((text, context) => {
    try {
      return new PriceList(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });

export const deckSchema: z.ZodType<DeckSpec> = z.strictObject({
  trunk: nameSchema.describe(
    'The trunk that has these prices. It may have several decks, of different prefixes.',
  ),
  prices: priceListSchema.describe(
    'A line for each prefix, digits of numbers in E.164 and a price in whatever currency all decks have: `34600 0.0125`. The longest prefix counts. Lines that begin with `#` do not.',
  ),
});
