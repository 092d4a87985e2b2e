import { type CodecList, codecName, codecNames } from '@tandem/sdp';
import { z } from 'zod';
import { nearestHint } from './nearest.ts';

/** What is written elsewhere, by the encoding name that stands in descriptions. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['ulaw', 'PCMU'],
  ['alaw', 'PCMA'],
  ['g711u', 'PCMU'],
  ['g711a', 'PCMA'],
  ['g726', 'G726-32'],
  ['slin', 'L16'],
]);

const codec: z.ZodType<string, string> = z.string().transform((text, context) => {
  const name = codecName(text);
  if (name !== undefined) return name;
  const other = otherNames.get(text.toLowerCase());
  const hint = other === undefined ? nearestHint(text, codecNames) : `: say ${other}`;
  const message = `${JSON.stringify(text.slice(0, 32))} is the encoding name of no codec that is known${hint}`;
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

/** Encoding names (RFC 3551, IANA), in any case; in the spelling of their registration when they are read. */
export const codecsSchema: z.ZodType<CodecList, string[]> = z
  .array(codec)
  .min(1)
  .max(16)
  .refine((names) => new Set(names).size === names.length, 'names a codec twice');
