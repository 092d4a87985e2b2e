import type { CodecList } from '@tandem/sdp';
import { z } from 'zod';
import { codecsSchema } from './codecs.ts';
import { type TrunkHeaderRules, trunkHeaderRulesSchema } from './header-rules.ts';
import { type HeaderSpec, headersSchema } from './headers.ts';
import { type MediaSpec, mediaOverride } from './media.ts';
import { domainSchema, nameSchema } from './name.ts';
import { type Network, networkSchema } from './network.ts';
import { type Pattern, patternSchema } from './pattern.ts';
import { type TagHeaders, type Tags, tagHeadersSchema, tagsSchema } from './tags.ts';
import { maxCallsSchema, ringTimeoutSchema } from './tenant.ts';
import { type AccountSpec, type AuthSpec, accountSchema, authSchema } from './trunk-auth.ts';
import { type TrunkCallerIdSpec, trunkCallerIdSchema } from './trunk-caller-id.ts';
import { type TrunkNumberingSpec, trunkNumberingSchema } from './trunk-numbering.ts';
import {
  type ProbeSpec,
  probeSchema,
  type TrunkRegistrationSpec,
  trunkRegistrationSchema,
} from './trunk-registration.ts';
import { sipUriSchema } from './trunk-uri.ts';

/** A peer outside: a provider, a carrier, another switch. Durations are seconds. */
export interface TrunkSpec {
  /** SIP URIs. */
  readonly contacts: readonly string[];
  readonly auth?: AuthSpec | undefined;
  readonly identify: IdentifySpec;
  readonly registration?: TrunkRegistrationSpec | undefined;
  readonly probe: ProbeSpec;
  readonly endpoint: EndpointSpec;
  readonly numbering: TrunkNumberingSpec;
  readonly callerId: TrunkCallerIdSpec;
  readonly headerRules: TrunkHeaderRules;
  /** Of calls that come from it. */
  readonly tags?: Tags | undefined;
  /** Headers by which tags come from it. */
  readonly tagsFrom?: TagHeaders | undefined;
  /** Headers in which it is told tags. */
  readonly tagHeaders?: TagHeaders | undefined;
  readonly enabled: boolean;
}

/** What proves that a request comes from the trunk, and what it has to say besides. */
export interface IdentifySpec {
  readonly sources: readonly Network[];
  /** Host names in the spelling of `canonicalHost`. */
  readonly certificates: readonly string[];
  /** User part, or parameter `line`, of the Request-URI. */
  readonly line?: string | undefined;
  readonly match: readonly MatchSpec[];
  readonly credentials?: AccountSpec | undefined;
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
  readonly fromUser?: string | undefined;
  readonly fromDomain?: string | undefined;
  readonly outboundProxy?: string | undefined;
  readonly ringTimeout?: number | undefined;
  /** Seconds without any sign, not even 100 Trying. */
  readonly tryingTimeout: number;
  readonly media?: Partial<MediaSpec> | undefined;
  /** Any when it is not there. */
  readonly codecs?: CodecList | undefined;
  readonly trusted: boolean;
  readonly hideTopology?: boolean | undefined;
  /** Calls at a time, either way. */
  readonly maxCalls?: number | undefined;
  readonly headers: readonly HeaderSpec[];
}

const proxySchema = sipUriSchema.refine(
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
    credentials: accountSchema.optional(),
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
    fromUser: nameSchema
      .optional()
      .describe(
        'The user in From of calls to the trunk, where a provider wants its account there; the number of the caller is in P-Asserted-Identity all the same.',
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
    tryingTimeout: z
      .number()
      .min(0.5)
      .max(32)
      .default(1.8)
      .describe(
        'Seconds that a contact may give no sign of a call, not even 100 Trying, before the next contact or trunk is tried; the last one has 32. A contact that lives answers at once: until then it has got the INVITE three times.',
      ),
    media: mediaOverride("What the trunk has otherwise than the tenant's `media`.").optional(),
    codecs: codecsSchema
      .optional()
      .describe(
        'Codecs of calls from and to the trunk, by encoding names such as `PCMA`, the preferred first; any when unset. DTMF as events is always among them, and video is left alone unless a codec of video is named.',
      ),
    maxCalls: maxCallsSchema
      .optional()
      .describe(
        'Calls at a time, either way, over all edges. One more from the trunk is answered 503; one more to it goes to the next trunk of the route.',
      ),
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
    headers: headersSchema
      .default([])
      .describe(
        'Headers that calls and registrations to the trunk have besides, each `{ name: X-Customer, value: "7" }`.',
      ),
  })
  .prefault({})
  .describe('How calls from and to the trunk are.');

export const trunkSchema: z.ZodType<TrunkSpec> = z
  .strictObject({
    contacts: z
      .array(sipUriSchema)
      .max(16)
      .default([])
      .describe('SIP URIs that calls to the trunk are sent to, one after the other until one answers.'),
    auth: authSchema.optional(),
    identify,
    registration: trunkRegistrationSchema.optional(),
    probe: probeSchema,
    endpoint,
    numbering: trunkNumberingSchema,
    callerId: trunkCallerIdSchema,
    headerRules: trunkHeaderRulesSchema,
    tags: tagsSchema.optional(),
    tagsFrom: tagHeadersSchema
      .optional()
      .describe(
        'Headers of calls from the trunk that tags are taken from, by the names of the tags: `{ customer: X-Customer }`. They go before `tags`. Only of a trunk that is `trusted`.',
      ),
    tagHeaders: tagHeadersSchema
      .optional()
      .describe(
        'Headers in which the trunk is told tags, by the names of the tags: in the INVITE of calls to it, and in the answers to calls from it.',
      ),
    enabled: z.boolean().default(true).describe('A disabled trunk neither takes nor makes calls.'),
  })
  .refine(({ endpoint, identify }) => endpoint.didFrom !== 'registration' || identify.line !== undefined, {
    message: 'is registration, so that identify.line is needed',
    path: ['endpoint', 'didFrom'],
  })
  .refine(
    ({ contacts, registration }) => !registration || registration.server !== undefined || contacts.length > 0,
    {
      message: 'is required, for there are no contacts',
      path: ['registration', 'server'],
    },
  )
  .refine(({ endpoint, tagsFrom }) => tagsFrom === undefined || endpoint.trusted, {
    message: 'goes with endpoint.trusted only: anybody else could write what it wants',
    path: ['tagsFrom'],
  })
  .refine(({ auth, registration }) => !registration || (registration.user ?? auth?.username) !== undefined, {
    message: 'is required, for there is no auth',
    path: ['registration', 'user'],
  });
