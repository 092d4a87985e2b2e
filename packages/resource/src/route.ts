import { z } from 'zod';
import { nameSchema } from './name.ts';
import { type Pattern, patternSchema } from './pattern.ts';

/** Where numbers go that nobody of the tenant has. */
export interface RouteSpec {
  readonly match: { readonly prefix?: string | undefined; readonly pattern?: Pattern | undefined };
  /** Names of trunks, first tried first. */
  readonly trunks: readonly string[];
  readonly priority: number;
}

const match = z
  .strictObject({
    prefix: z
      .string()
      .regex(/^\+?[0-9*#]{0,32}$/, 'must be digits, "*" or "#", after an optional "+"')
      .optional()
      .describe('What the number begins with.'),
    pattern: patternSchema.optional().describe('A regular expression (RE2) that is found in the number.'),
  })
  .refine(
    ({ prefix, pattern }) => prefix !== undefined || pattern !== undefined,
    'must hold prefix or pattern',
  )
  .describe('Which numbers the route is for; both have to hold where both are said.');

export const routeSchema: z.ZodType<RouteSpec> = z.strictObject({
  match,
  trunks: z
    .array(nameSchema)
    .min(1)
    .max(16)
    .describe('Trunks that are tried one after the other, until one answers or refuses for good.'),
  priority: z
    .int()
    .min(0)
    .max(10_000)
    .default(100)
    .describe('Routes of a lower priority are looked at first; then those of the longer prefix.'),
});
