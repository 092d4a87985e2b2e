import { z } from 'zod';
import { type NumberMatch, prefixSchema, type TimeCondition, timeFields } from './condition.ts';
import { nameSchema } from './name.ts';
import { patternSchema } from './pattern.ts';

/** Where numbers go that nobody of the tenant has. */
export interface RouteSpec {
  readonly match: RouteMatch;
  /** The class of service that a caller has to have. */
  readonly class?: string | undefined;
  /** Names of trunks, first tried first. */
  readonly trunks: readonly string[];
  readonly priority: number;
}

interface RouteMatch extends NumberMatch, TimeCondition {
  /** Names or aliases of users; anybody when empty. */
  readonly callers: readonly string[];
}

const match: z.ZodType<RouteMatch> = z
  .strictObject({
    prefix: prefixSchema.optional().describe('What the number begins with.'),
    pattern: patternSchema.optional().describe('A regular expression (RE2) that is found in the number.'),
    callers: z
      .array(nameSchema)
      .max(1_000)
      .default([])
      .describe('The users whose calls go this way: names or aliases; anybody when empty.'),
    ...timeFields,
  })
  .refine(
    ({ prefix, pattern }) => prefix !== undefined || pattern !== undefined,
    'must hold prefix or pattern',
  )
  .describe('Which calls the route is for; all that is said has to hold.');

export const routeSchema: z.ZodType<RouteSpec> = z.strictObject({
  match,
  class: nameSchema
    .optional()
    .describe(
      'The class of service, such as `international`, that a user has to have in its `classes`; a call that only such a route would take is answered 403.',
    ),
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
