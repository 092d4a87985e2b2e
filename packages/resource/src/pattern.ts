import { RE2JS } from 're2js';
import { z } from 'zod';

/** Steps of a compiled pattern. With the cap on the text this bounds a decision: far below 10 ms. */
const maxSteps = 200;
/** Characters of a value that are looked at: a number and its domain fit many times. */
const maxCharacters = 256;
const maxSource = 256;

/** A regular expression in the syntax of RE2, which takes time in proportion to the text, whatever it says. */
export class Pattern {
  readonly source: string;
  /** What it takes for each character, at most. */
  readonly steps: number;
  readonly #compiled: RE2JS;

  /** Throws when the source is no pattern, or one that takes too long. */
  constructor(source: string) {
    this.source = source;
    this.#compiled = RE2JS.compile(source);
    this.steps = this.#compiled.programSize();
    if (this.steps > maxSteps) throw new Error(`it has ${this.steps} steps, more than ${maxSteps}`);
  }

  /** Whether it is found somewhere in a text; in none that is too long. */
  matches(text: string): boolean {
    return this.capture(text) !== undefined;
  }

  /** The first group, or all that was found where there is none; undefined when nothing was. */
  capture(text: string): string | undefined {
    if (text.length > maxCharacters) return undefined;
    const matcher = this.#compiled.matcher(text);
    if (!matcher.find()) return undefined;
    return (matcher.groupCount() > 0 ? matcher.group(1) : matcher.group()) ?? undefined;
  }

  /** All that was found, and what each group has found; undefined when nothing was. */
  groups(text: string): readonly string[] | undefined {
    if (text.length > maxCharacters) return undefined;
    const matcher = this.#compiled.matcher(text);
    if (!matcher.find()) return undefined;
    return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '');
  }

  toJSON(): string {
    return this.source;
  }
}

export const patternSchema: z.ZodType<Pattern, string> = z
  .string()
  .min(1)
  .max(maxSource)
  .transform((source, context) => {
    try {
      return new Pattern(source);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `is no pattern: ${(error as Error).message}` });
      return z.NEVER;
    }
  });
