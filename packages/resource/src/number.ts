import { parseUri } from '@tandem/sip';
import { z } from 'zod';
import { alertValueSchema } from './alert-info.ts';
import { type NumberMatch, numberMatchSchema, type TimeCondition, timeFields } from './condition.ts';
import { nameSchema } from './name.ts';
import { type Tags, tagsSchema } from './tags.ts';
import { ringTimeoutSchema } from './tenant.ts';

/** A number that is called. */
export interface NumberSpec extends WaySpec {
  readonly aliases: readonly string[];
  readonly trunk?: string | undefined;
  readonly internal: boolean;
  readonly rules: readonly NumberRule[];
  readonly alertInfo?: string | undefined;
  readonly tags?: Tags | undefined;
}

/** Where a call goes, and where next when nobody takes it there. */
export interface WaySpec {
  readonly destination: DestinationSpec;
  readonly otherwise: readonly DestinationSpec[];
}

/** Where calls go that meet all of some conditions. */
interface NumberRule extends WaySpec {
  readonly when: NumberCondition;
}

export interface NumberCondition extends TimeCondition {
  /** One of them has to hold. */
  readonly callers: readonly NumberMatch[];
  readonly trunk?: string | undefined;
}

/** Exactly one of `user`, `uri` and `trunk` is there; `number` only with `trunk`. */
export interface DestinationSpec {
  readonly user?: string | undefined;
  readonly uri?: string | undefined;
  readonly trunk?: string | undefined;
  readonly number?: string | undefined;
  /** In seconds. */
  readonly ringTimeout?: number | undefined;
}

const destination: z.ZodType<DestinationSpec> = z
  .strictObject({
    user: nameSchema.optional().describe('The user who is rung: a name or an alias.'),
    uri: z
      .string()
      .max(256)
      .refine(isForeign, 'must be a SIP URI')
      .optional()
      .describe('A SIP URI in a domain that is not served here.'),
    trunk: nameSchema.optional().describe('A trunk that the call is passed on to.'),
    number: nameSchema
      .optional()
      .describe('The number that is called there; the one that was called here when unset.'),
    ringTimeout: ringTimeoutSchema
      .optional()
      .describe("Seconds that it may ring there, if not the user's, the trunk's or the tenant's."),
  })
  .refine(
    ({ user, uri, trunk }) => [user, uri, trunk].filter((kind) => kind !== undefined).length === 1,
    'must hold exactly one of user, uri, trunk',
  )
  .refine(({ number, trunk }) => number === undefined || trunk !== undefined, {
    message: 'goes with trunk only',
    path: ['number'],
  })
  .describe('Where a call to the number goes.');

function isForeign(text: string): boolean {
  const scheme = parseUri(text)?.scheme;
  return scheme === 'sip' || scheme === 'sips';
}

const otherwise = z
  .array(destination)
  .max(8)
  .default([])
  .describe(
    'Where a call goes next, one after the other, when nobody has taken it in time, or it is busy, refused or not registered there; not after 6xx, which speaks for everybody.',
  );

const when: z.ZodType<NumberCondition> = z.strictObject({
  callers: z.array(numberMatchSchema).max(64).default([]),
  trunk: nameSchema.optional(),
  ...timeFields,
});

export const numberSchema: z.ZodType<NumberSpec> = z
  .strictObject({
    aliases: z
      .array(nameSchema)
      .max(64)
      .default([])
      .describe('Other spellings under which the number arrives; unique within the tenant.'),
    trunk: nameSchema
      .optional()
      .describe('The only trunk by which the number is called; any of the tenant when unset.'),
    internal: z
      .boolean()
      .default(false)
      .describe(
        'Users of the tenant alone call it, even where a user has that name, so that calls to a user may go on elsewhere; no trunk does.',
      ),
    rules: z
      .array(z.strictObject({ when, destination, otherwise }))
      .max(32)
      .default([])
      .describe(
        'Other destinations, each `{ when: { callers: [{ prefix: ... }, { pattern: ... }], trunk: ..., during: ..., outside: ... }, destination: ..., otherwise: [...] }`; all that `when` says has to hold, and of `callers` one. The first rule that holds has the call.',
      ),
    destination,
    otherwise,
    alertInfo: alertValueSchema
      .optional()
      .describe(
        'Alert-Info of calls to the number, such as `<urn:alert:service:call-waiting>`, if not as tenant and user say.',
      ),
    tags: tagsSchema.optional(),
  })
  .refine(({ internal, trunk }) => !internal || trunk === undefined, {
    message: 'goes with numbers that are not internal only',
    path: ['trunk'],
  });
