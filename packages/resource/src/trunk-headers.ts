import { z } from 'zod';

/** What a trunk gets of headers besides those of the call itself. */
export interface TrunkHeadersSpec {
  /** By name. */
  readonly set: Readonly<Record<string, string>>;
  /** Names of headers of the caller's request that are passed on. */
  readonly pass: readonly string[];
  /** The same under other names, by the caller's. */
  readonly rename: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

/** Headers that make the call what it is, or prove who somebody is: no rule touches them. */
const reserved = new Set([
  ...['via', 'from', 'to', 'call-id', 'cseq', 'contact', 'max-forwards', 'route', 'record-route', 'rack'],
  ...['content-type', 'content-length', 'content-encoding', 'content-disposition', 'mime-version'],
  ...['authorization', 'proxy-authorization', 'www-authenticate', 'proxy-authenticate', 'rseq'],
  ...['require', 'proxy-require', 'supported', 'allow', 'path', 'service-route', 'session-expires', 'min-se'],
  ...['p-asserted-identity', 'p-preferred-identity', 'remote-party-id', 'privacy', 'identity'],
  // Compact forms (RFC 3261 §20).
  ...['v', 'f', 't', 'i', 'm', 'c', 'l', 'e', 'k', 'x', 'y'],
]);

const name = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header')
  .refine((text) => !reserved.has(text.toLowerCase()), 'is a header of the call itself: no rule changes it');

/** Neither a line end nor any other control character: nothing must begin another header. */
export const headerValue: RegExp = /^[^\p{Cc}]{0,256}$/u;

const value = z.string().regex(headerValue, 'must be up to 256 characters, none of them a control character');

const record = (of: z.ZodType<string, string>, description: string) =>
  z
    .record(name, of)
    .refine((fields) => Object.keys(fields).length <= 32, 'must have at most 32 headers')
    .default({})
    .describe(description);

export const trunkHeadersSchema: z.ZodType<TrunkHeadersSpec> = z
  .strictObject({
    set: record(value, 'Headers with their values, such as `X-Camp: "7"`.'),
    pass: z
      .array(name)
      .max(32)
      .default([])
      .describe(
        "Headers of the caller's request that are passed on; a trunk that is hidden from gets no others.",
      ),
    rename: record(
      name,
      "Headers of the caller's request that are passed on under another name, by that of the caller.",
    ),
    remove: z.array(name).max(32).default([]).describe('Headers that the trunk does not get.'),
  })
  .prefault({})
  .describe('More headers of calls to the trunk.');
