import { z } from 'zod';

/** How numbers are dialled in a place. Without a country code numbers are taken as they are dialled. */
export interface DialPlanSpec {
  readonly countryCode?: string | undefined;
  /** What is dialled before the country code of a number abroad. */
  readonly internationalPrefix: string;
  /** What is dialled before a national number; empty where nothing is. */
  readonly nationalPrefix: string;
  /** How many digits national numbers have, without their prefix; any when empty. */
  readonly nationalLengths: readonly number[];
  readonly areaCode?: string | undefined;
  /** How many digits a number has that is dialled without its area code. */
  readonly localLengths: readonly number[];
}

const prefix = z.string().regex(/^[0-9]{0,5}$/, 'must be up to five digits');

const fields = {
  countryCode: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/, 'must be one to three digits, the first of them not 0')
    .describe('The country code, such as `34`. Numbers are taken as they are dialled when unset.'),
  internationalPrefix: prefix.describe(
    'What is dialled before a country code: `00` in most countries, `011` in North America.',
  ),
  nationalPrefix: prefix.describe(
    'What is dialled before a national number: `0` in most countries, `1` in North America, nothing in Spain.',
  ),
  nationalLengths: z
    .array(z.int().min(3).max(14))
    .max(8)
    .describe(
      'How many digits a national number has, without its prefix. A national number that is dialled without prefix is known by it alone.',
    ),
  areaCode: z
    .string()
    .regex(/^[0-9]{1,5}$/, 'must be one to five digits')
    .describe('The area code of numbers that are dialled without one.'),
  localLengths: z
    .array(z.int().min(4).max(12))
    .max(8)
    .describe(
      'How many digits such a local number has; what `areaCode` leaves of `nationalLengths` when empty.',
    ),
};

export const dialPlanSchema: z.ZodType<DialPlanSpec> = z
  .strictObject({
    countryCode: fields.countryCode.optional(),
    internationalPrefix: fields.internationalPrefix.default('00'),
    nationalPrefix: fields.nationalPrefix.default(''),
    nationalLengths: fields.nationalLengths.default([]),
    areaCode: fields.areaCode.optional(),
    localLengths: fields.localLengths.default([]),
  })
  .prefault({})
  .describe('How numbers are dialled and called: all spellings of a number are one, in E.164.');

/** The same, with what is otherwise than elsewhere. */
export function dialPlanOverride(
  description: string,
): z.ZodType<Partial<DialPlanSpec>, Partial<DialPlanSpec>> {
  return z
    .strictObject({
      countryCode: fields.countryCode.exactOptional(),
      internationalPrefix: fields.internationalPrefix.exactOptional(),
      nationalPrefix: fields.nationalPrefix.exactOptional(),
      nationalLengths: fields.nationalLengths.exactOptional(),
      areaCode: fields.areaCode.exactOptional(),
      localLengths: fields.localLengths.exactOptional(),
    })
    .describe(description);
}
