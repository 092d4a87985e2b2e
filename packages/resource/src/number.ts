import { z } from 'zod';
import { nameSchema } from './name.ts';

/** An inbound number. */
export interface NumberSpec {
  readonly aliases: readonly string[];
  readonly trunk?: string | undefined;
  readonly destination: { readonly user: string };
}

export const numberSchema: z.ZodType<NumberSpec> = z.strictObject({
  aliases: z
    .array(nameSchema)
    .max(64)
    .default([])
    .describe('Other spellings under which the number arrives; unique within the tenant.'),
  trunk: nameSchema
    .optional()
    .describe('The only trunk by which the number is called; any of the tenant when unset.'),
  destination: z
    .strictObject({ user: nameSchema.describe('The user who is rung: a name or an alias.') })
    .describe('Where a call to the number goes.'),
});
