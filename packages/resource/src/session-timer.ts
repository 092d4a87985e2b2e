import { z } from 'zod';

/** After how many seconds a call is over unless a phone says that it goes on (RFC 4028). */
export interface SessionTimerSpec {
  /** Asked for where the caller asks for nothing; undefined leaves it to the phones. */
  readonly expires?: number | undefined;
  readonly minExpires: number;
}

export const sessionTimerSchema: z.ZodType<SessionTimerSpec> = z
  .strictObject({
    expires: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .describe('Seconds that a caller which asks for no session timer gets; left to the phones when unset.'),
    minExpires: z
      .int()
      .min(1)
      .max(86_400)
      .default(90)
      .describe('Less is refused with 422. RFC 4028 wants it to be 90 or more.'),
  })
  .refine(({ expires, minExpires }) => expires === undefined || expires >= minExpires, {
    message: 'must not be under minExpires',
    path: ['expires'],
  })
  .prefault({})
  .describe('Session timers of the calls of its users: a call that no phone refreshes in time is ended.');
