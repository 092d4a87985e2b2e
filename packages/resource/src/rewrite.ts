import { z } from 'zod';
import { type Pattern, patternSchema } from './pattern.ts';

/** Makes one number of another. */
export interface RewriteRule {
  readonly pattern: Pattern;
  readonly to: string;
}

interface RewriteInput {
  readonly pattern: string;
  readonly to: string;
}

/** Only what may stand in a number can come of a rule: digits, and what groups of the pattern have found. */
const replacement = /^(?:[0-9*#]|\$[0-9])*$/;

export const rewriteSchema: z.ZodType<readonly RewriteRule[], RewriteInput[]> = z
  .array(
    z.strictObject({
      pattern: patternSchema.describe('A regular expression (RE2).'),
      to: z
        .string()
        .max(64)
        .refine(
          (text) => replacement.test(text.replace(/^\+/, '')),
          'must be digits, "*", "#" and $1 to $9, after an optional "+"',
        ),
    }),
  )
  .max(16);

/** Digits and signs of a number; what is longer is nobody's. */
const safe = /^\+?[0-9A-Za-z*#._-]{1,64}$/;

/**
 * The number that the first rule makes whose pattern is found; the same where none is. Undefined when what comes of it
 * cannot be a number: nothing else must get into a URI.
 */
export function rewrite(rules: readonly RewriteRule[], number: string): string | undefined {
  for (const { pattern, to } of rules) {
    const groups = pattern.groups(number);
    if (!groups) continue;
    const made = to.replace(/\$([0-9])/g, (_, index: string) => groups[Number(index)] ?? '');
    return safe.test(made) ? made : undefined;
  }
  return number;
}
