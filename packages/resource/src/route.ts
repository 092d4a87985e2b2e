import { z } from 'zod';
import { type NumberMatch, prefixSchema, type TimeCondition, timeFields } from './condition.ts';
import { nameSchema } from './name.ts';
import { patternSchema } from './pattern.ts';
import { type RewriteRule, rewriteSchema } from './rewrite.ts';
import { type Tags, tagsSchema } from './tags.ts';
import { ringTimeoutSchema } from './tenant.ts';

/** Where numbers go that nobody of the tenant has. */
export interface RouteSpec {
  readonly match: RouteMatch;
  /** The class of service that a caller has to have. */
  readonly class?: string | undefined;
  /** What becomes of the call of a caller who does not have it. */
  readonly withoutClass: 'next' | 'refuse';
  /** Names of trunks, first tried first. */
  readonly trunks: readonly string[];
  readonly choose: 'order' | 'weight' | 'cost';
  /** By the name of a trunk; 1 where it has none. */
  readonly weights: Readonly<Record<string, number>>;
  /** Statuses, and classes of them such as `5xx`. */
  readonly failover: readonly string[];
  readonly rewrite: readonly RewriteRule[];
  readonly redirect: boolean;
  /** In seconds. */
  readonly ringTimeout?: number | undefined;
  readonly priority: number;
  readonly tags?: Tags | undefined;
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
  withoutClass: z
    .enum(['next', 'refuse'])
    .default('next')
    .describe(
      'What becomes of the call of a user without that class: the `next` route that matches may take it, or it is refused (403), so that a route for `+34803` bars what one for `+34` would let out.',
    ),
  trunks: z
    .array(nameSchema)
    .min(1)
    .max(16)
    .describe('Trunks that are tried one after the other, until one answers or refuses for good.'),
  choose: z
    .enum(['order', 'weight', 'cost'])
    .default('order')
    .describe(
      'Which trunk is tried first: as they are named, by `weights`, or the cheapest by their Decks; then one without a price for the number is not used.',
    ),
  weights: z
    .record(nameSchema, z.int().min(0).max(1_000))
    .default({})
    .describe(
      'Shares of the calls that each trunk is tried first with, by its name; 1 when unset, 0 for a last resort.',
    ),
  failover: z
    .array(z.string().regex(/^[45](?:[0-9]{2}|xx)$/, 'must be a status such as 503, or 5xx'))
    .max(64)
    .default(['408', '5xx'])
    .describe(
      'The answers of a trunk after which the next one is tried, besides silence: other ones are for the caller.',
    ),
  rewrite: rewriteSchema
    .default([])
    .describe(
      'How the number is rewritten, `{ pattern: ..., to: ... }`: the first rule whose pattern is found makes it what `to` says, with `$1` for what its first group has found.',
    ),
  redirect: z
    .boolean()
    .default(false)
    .describe('The caller is answered 302 with the contacts of the trunks, to call there itself.'),
  ringTimeout: ringTimeoutSchema
    .optional()
    .describe("Seconds that a call may ring at each of its trunks, if not the trunk's or the tenant's."),
  tags: tagsSchema.optional(),
  priority: z
    .int()
    .min(0)
    .max(10_000)
    .default(100)
    .describe('Routes of a lower priority are looked at first; then those of the longer prefix.'),
});
