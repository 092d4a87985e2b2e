import { parseUri } from '@tandem/sip';
import { z } from 'zod';

/** A URI that a request can be sent to. */
export const sipUriSchema: z.ZodType<string, string> = z
  .string()
  .max(256)
  .refine(
    (text) => parseUri(text)?.scheme === 'sip' || parseUri(text)?.scheme === 'sips',
    'must be a SIP URI',
  );
