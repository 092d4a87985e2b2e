import { z } from 'zod';
import { type DialPlanSpec, dialPlanOverride } from './dial-plan.ts';
import { type NumberFormat, numberFormats } from './e164.ts';
import { type RewriteRule, rewriteSchema } from './rewrite.ts';

/** How a trunk spells numbers. */
export interface TrunkNumberingSpec {
  /** What it has otherwise than its tenant. */
  readonly dialPlan: Partial<DialPlanSpec>;
  readonly format: NumberFormat;
  readonly rewrite: readonly RewriteRule[];
  readonly rewriteCaller: readonly RewriteRule[];
}

export const trunkNumberingSchema: z.ZodType<TrunkNumberingSpec> = z
  .strictObject({
    dialPlan: dialPlanOverride(
      "What the trunk has otherwise than the tenant's `dialPlan`, for the numbers that it calls and is sent.",
    ).default({}),
    format: z
      .enum(numberFormats)
      .default('e164')
      .describe(
        'How numbers are sent to the trunk: `e164` (+34911222333), `digits` (34911222333), `exit-code` (0034911222333), or `national`, which is `exit-code` for numbers abroad. What is no number of the dial plan goes as it was dialled.',
      ),
    rewrite: rewriteSchema
      .default([])
      .describe('How a number that is called is rewritten after that, as in a Route.'),
    rewriteCaller: rewriteSchema.default([]).describe('The same of the number of the caller.'),
  })
  .prefault({})
  .describe('How the trunk spells numbers.');
