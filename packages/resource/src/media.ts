import { z } from 'zod';

/** What is done with the media of a call. */
export interface MediaSpec {
  readonly anchor: 'auto' | 'always' | 'never';
  /** Seconds without any packet after which a call is dead; 0 means never. */
  readonly inactivity: number;
}

const anchor = z
  .enum(['auto', 'always', 'never'])
  .describe(
    'Whether media passes a media worker. `always` of either party wins over `never`, `never` over `auto`.',
  );
const inactivity = z
  .int()
  .min(0)
  .max(86_400)
  .describe('Seconds without any packet either way after which a call is ended; 0: never.');

export const mediaSchema: z.ZodType<MediaSpec> = z
  .strictObject({ anchor: anchor.default('auto'), inactivity: inactivity.default(300) })
  .prefault({})
  .describe('Media of the calls.');

/** The same, with what is otherwise than elsewhere. */
export function mediaOverride(description: string): z.ZodType<Partial<MediaSpec>, Partial<MediaSpec>> {
  return z
    .strictObject({ anchor: anchor.exactOptional(), inactivity: inactivity.exactOptional() })
    .describe(description);
}
