import { parseUri } from '@tandem/sip';
import { z } from 'zod';
import { type MediaSpec, mediaOverride } from './media.ts';
import { domainSchema, nameSchema } from './name.ts';
import { type Network, networkSchema } from './network.ts';
import { type Pattern, patternSchema } from './pattern.ts';
import { ringTimeoutSchema } from './tenant.ts';
import { type TrunkNumberingSpec, trunkNumberingSchema } from './trunk-numbering.ts';

/** A peer outside: a provider, a carrier, another switch. Durations are seconds. */
export interface TrunkSpec {
  /** SIP URIs. */
  readonly contacts: readonly string[];
  readonly identify: IdentifySpec;
  readonly endpoint: EndpointSpec;
  readonly numbering: TrunkNumberingSpec;
  readonly enabled: boolean;
}

/** What proves that a request comes from the trunk, and what it has to say besides. */
interface IdentifySpec {
  readonly sources: readonly Network[];
  /** Host names in the spelling of `canonicalHost`. */
  readonly certificates: readonly string[];
  /** User part, or parameter `line`, of the Request-URI. */
  readonly line?: string | undefined;
  readonly match: readonly MatchSpec[];
}

/** A condition on one part of a request. */
interface MatchSpec {
  /** `requestUri`, or a header in lower case. */
  readonly in: string;
  readonly pattern: Pattern;
}

/** How calls of the trunk are. */
interface EndpointSpec {
  /** `requestUri`, `registration`, or a header in lower case. */
  readonly didFrom: string;
  readonly didPattern?: Pattern | undefined;
  readonly fromDomain?: string | undefined;
  readonly outboundProxy?: string | undefined;
  readonly ringTimeout?: number | undefined;
  readonly media?: Partial<MediaSpec> | undefined;
  readonly trusted: boolean;
  readonly hideTopology?: boolean | undefined;
}

const uriSchema = z
  .string()
  .max(256)
  .refine(
    (text) => parseUri(text)?.scheme === 'sip' || parseUri(text)?.scheme === 'sips',
    'must be a SIP URI',
  );

const proxySchema = uriSchema.refine(
  (text) => /[;]lr(?:[;=]|$)/.test(text),
  'must end in ;lr: it is a route, not a destination',
);

const headerName = /^[A-Za-z0-9-]{1,64}$/;

/** `requestUri` as it is, the name of a header in lower case. */
const partSchema = z
  .string()
  .regex(headerName, 'must be requestUri or the name of a header')
  .transform((text) => (text === 'requestUri' ? text : text.toLowerCase()));

const match: z.ZodType<MatchSpec, { in: string; pattern: string }> = z.strictObject({
  in: partSchema.describe('`requestUri`, or the name of a header.'),
  pattern: patternSchema.describe('A regular expression (RE2) that has to be found in it.'),
});

const identify = z
  .strictObject({
    sources: z
      .array(networkSchema)
      .max(256)
      .default([])
      .describe(
        'Addresses and networks, such as `203.0.113.0/24`, that requests of the trunk come from. Of several trunks the one with the smallest network has them.',
      ),
    certificates: z
      .array(domainSchema)
      .max(64)
      .default([])
      .describe('Names that the certificate of its TLS connection proves; they go before `sources`.'),
    line: nameSchema
      .optional()
      .describe(
        'What the Request-URI has to name besides, as its user part or in its parameter `line`: tells several lines of one provider apart. No proof by itself.',
      ),
    match: z
      .array(match)
      .max(8)
      .default([])
      .describe(
        'Conditions that a request has to meet besides, each `{ in: requestUri or a header, pattern: ... }`. No proof by themselves; the trunk that meets more of them has the request.',
      ),
  })
  .prefault({})
  .describe('What proves that a request comes from the trunk. From is never a proof.');

const endpoint = z
  .strictObject({
    didFrom: z
      .string()
      .regex(headerName, 'must be requestUri, registration or the name of a header')
      .default('requestUri')
      .transform((text) => (['requestUri', 'registration'].includes(text) ? text : text.toLowerCase()))
      .describe(
        "Where the number is that was called: `requestUri`, `registration` (the trunk's `line` stands for it), or a header such as `To`, `P-Called-Party-ID` or `Diversion`.",
      ),
    didPattern: patternSchema
      .optional()
      .describe(
        'A regular expression (RE2) over that value; its first group is the number. Without it the user part of the URI in it is.',
      ),
    fromDomain: domainSchema
      .optional()
      .describe("The host in From of calls to the trunk, if not the user's own domain."),
    outboundProxy: proxySchema
      .optional()
      .describe('A URI with `;lr` that every call to the trunk is sent to first, with a Route.'),
    ringTimeout: ringTimeoutSchema
      .optional()
      .describe("Seconds that a call to the trunk may ring, if not the tenant's."),
    media: mediaOverride("What the trunk has otherwise than the tenant's `media`.").optional(),
    trusted: z
      .boolean()
      .default(false)
      .describe(
        'The trunk is in our trust domain (RFC 3325): what it asserts about callers is believed, and Privacy is left to it.',
      ),
    hideTopology: z
      .boolean()
      .optional()
      .describe(
        'No address of phones, of other edges or of nodes is shown to the trunk. Yes unless it is trusted.',
      ),
  })
  .prefault({})
  .describe('How calls from and to the trunk are.');

export const trunkSchema: z.ZodType<TrunkSpec> = z
  .strictObject({
    contacts: z
      .array(uriSchema)
      .max(16)
      .default([])
      .describe('SIP URIs that calls to the trunk are sent to, one after the other until one answers.'),
    identify,
    endpoint,
    numbering: trunkNumberingSchema,
    enabled: z.boolean().default(true).describe('A disabled trunk neither takes nor makes calls.'),
  })
  .refine(({ endpoint, identify }) => endpoint.didFrom !== 'registration' || identify.line !== undefined, {
    message: 'is registration, so that identify.line is needed',
    path: ['endpoint', 'didFrom'],
  });
