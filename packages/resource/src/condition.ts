import { z } from 'zod';
import { nameSchema } from './name.ts';
import { type Pattern, patternSchema } from './pattern.ts';

/** Which numbers are meant: both hold where both are said. */
export interface NumberMatch {
  readonly prefix?: string | undefined;
  readonly pattern?: Pattern | undefined;
}

/** When a schedule has to be open, and when closed. */
export interface TimeCondition {
  readonly during?: string | undefined;
  readonly outside?: string | undefined;
}

export const prefixSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^\+?[0-9*#]{0,32}$/, 'must be digits, "*" or "#", after an optional "+"');

export const numberMatchSchema: z.ZodType<NumberMatch> = z
  .strictObject({
    prefix: prefixSchema.optional().describe('What the number begins with.'),
    pattern: patternSchema.optional().describe('A regular expression (RE2) that is found in the number.'),
  })
  .refine(
    ({ prefix, pattern }) => prefix !== undefined || pattern !== undefined,
    'must hold prefix or pattern',
  );

/** The fields of a {@link TimeCondition}. */
export const timeFields: {
  readonly during: z.ZodOptional<z.ZodType<string, string>>;
  readonly outside: z.ZodOptional<z.ZodType<string, string>>;
} = {
  during: nameSchema.optional().describe('A Schedule that has to be open.'),
  outside: nameSchema.optional().describe('A Schedule that has to be closed.'),
};
