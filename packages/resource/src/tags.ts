import { z } from 'zod';
import { freeHeaderSchema } from './headers.ts';

/** What is known of a call besides: texts by their names. */
export type Tags = Readonly<Record<string, string>>;
/** Names of headers by names of tags. */
export type TagHeaders = Readonly<Record<string, string>>;

const cap = 8;

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must be a name of 1 to 32 of a to z, 0 to 9, "-" and "_"');

/** One line of printable ASCII: it may stand in a header as it is. */
export const tagValue: RegExp = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/;

const value = z.string().regex(tagValue, 'must be 1 to 128 printable ASCII characters on one line');

function few(fields: object): boolean {
  return Object.keys(fields).length <= cap;
}

export const tagsSchema: z.ZodType<Tags> = z
  .record(name, value)
  .refine(few, `must have at most ${cap} tags`)
  .describe(
    'Tags of calls, texts by their names: `{ customer: "7" }`. Events of the call and its record have them, and headers as `tagHeaders` say. Of one name the tag of a Number or a Route goes before that of the caller.',
  );

export const tagHeadersSchema: z.ZodType<TagHeaders> = z
  .record(name, freeHeaderSchema)
  .refine(few, `must have at most ${cap} headers`);
