import { z } from 'zod';
import { freeHeaderSchema } from './headers.ts';

/** What becomes of the headers of a caller's request on their way to somebody. */
export interface HeaderRules {
  /** Headers that get other names, by the caller's. */
  readonly rename: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

/** What a trunk gets of them besides those of the call itself. */
export interface TrunkHeaderRules extends HeaderRules {
  /** Names of headers that are passed on. */
  readonly pass: readonly string[];
}

const cap = 32;
const names = z.array(freeHeaderSchema).max(cap).default([]);

/** Neither a line end nor any other control character: nothing must begin another header. */
export const headerValue: RegExp = /^[^\p{Cc}]{0,256}$/u;

const rename = z
  .record(freeHeaderSchema, freeHeaderSchema)
  .refine((fields) => Object.keys(fields).length <= cap, `must have at most ${cap} headers`)
  .default({});

export const trunkHeaderRulesSchema: z.ZodType<TrunkHeaderRules> = z
  .strictObject({
    pass: names.describe(
      "Headers of the caller's request that are passed on; a trunk that is hidden from gets no others.",
    ),
    rename: rename.describe(
      "Headers of the caller's request that are passed on under another name, by that of the caller.",
    ),
    remove: names.describe('Headers that the trunk does not get.'),
  })
  .prefault({})
  .describe("What becomes of the headers of the caller's request.");

export const headerRulesSchema: z.ZodType<HeaderRules> = z
  .strictObject({
    rename: rename.describe("Headers of the caller's request that get another name, by that of the caller."),
    remove: names.describe('Headers that the phones do not get.'),
  })
  .describe("What becomes of the headers of the caller's request in calls to the phones.");
