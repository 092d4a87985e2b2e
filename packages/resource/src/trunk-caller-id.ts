import { z } from 'zod';
import { nameSchema } from './name.ts';

/** How callers are shown to a trunk. */
export interface TrunkCallerIdSpec {
  readonly headers: readonly CallerIdHeader[];
  readonly fallback?: string | undefined;
}

const headers = ['P-Asserted-Identity', 'Remote-Party-ID', 'P-Preferred-Identity'] as const;
type CallerIdHeader = (typeof headers)[number];

export const trunkCallerIdSchema: z.ZodType<TrunkCallerIdSpec> = z
  .strictObject({
    headers: z
      .array(z.enum(headers))
      .max(3)
      .default(['P-Asserted-Identity'])
      .describe('Headers that have the number of the caller besides From.'),
    fallback: nameSchema
      .optional()
      .describe('The number that is shown for users without `callerId`; their name when unset.'),
  })
  .prefault({})
  .describe('How callers are shown to the trunk.');
