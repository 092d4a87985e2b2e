import { z } from 'zod';

/** A header that requests to somebody have besides. */
export interface HeaderSpec {
  readonly name: string;
  readonly value: string;
}

/** What the switch itself writes, or relays: setting it would break calls, or say something that is not so. */
const reserved: ReadonlySet<string> = new Set([
  ...['via', 'from', 'to', 'call-id', 'cseq', 'contact', 'max-forwards', 'route', 'record-route', 'path'],
  ...['content-length', 'content-type', 'content-encoding', 'content-disposition', 'mime-version'],
  ...['authorization', 'proxy-authorization', 'www-authenticate', 'proxy-authenticate'],
  ...['require', 'proxy-require', 'supported', 'unsupported', 'expires', 'min-expires', 'event'],
  ...['session-expires', 'min-se', 'replaces', 'refer-to', 'rack', 'rseq', 'identity', 'privacy'],
  ...['p-asserted-identity', 'p-preferred-identity', 'remote-party-id', 'diversion', 'history-info'],
  // Compact forms (RFC 3261 §7.3.3).
  ...['v', 'f', 't', 'i', 'm', 'l', 'c', 'e', 'k', 'o', 'x', 'r', 'y'],
]);

/** The name of a header that a rule may change. */
export const freeHeaderSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be the name of a header')
  .refine((name) => !reserved.has(name.toLowerCase()), 'is a header that the switch itself writes');

const header: z.ZodType<HeaderSpec, HeaderSpec> = z.strictObject({
  name: freeHeaderSchema.describe('The name.'),
  value: z
    .string()
    .regex(
      /^[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?$/,
      'must be 1 to 512 printable ASCII characters on one line',
    )
    .describe('The value.'),
});

export const headersSchema: z.ZodType<readonly HeaderSpec[], HeaderSpec[]> = z
  .array(header)
  .max(16)
  .refine(
    (headers) => new Set(headers.map(({ name }) => name.toLowerCase())).size === headers.length,
    'names a header twice',
  );
