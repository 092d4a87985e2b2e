import { type DigestAlgorithm, digestAlgorithms } from '@tandem/sip';
import { z } from 'zod';
import { type AlertInfoSpec, alertInfoSchema } from './alert-info.ts';
import { type DialPlanSpec, dialPlanSchema } from './dial-plan.ts';
import { type MediaSpec, mediaSchema } from './media.ts';
import { domainSchema } from './name.ts';
import { type SessionTimerSpec, sessionTimerSchema } from './session-timer.ts';

/** A customer: domains with the users in them. Durations are seconds. */
export interface TenantSpec {
  /** In the spelling of `canonicalHost`. */
  readonly domains: readonly string[];
  readonly ownAddresses: boolean;
  readonly media: MediaSpec;
  readonly auth: { readonly algorithms: readonly DigestAlgorithm[]; readonly nonceLifetime: number };
  readonly ringTimeout: number;
  readonly registration: RegistrationSpec;
  readonly sessionTimer: SessionTimerSpec;
  readonly callsToOtherDomains: boolean;
  readonly hideTopology: boolean;
  readonly followRedirects: boolean;
  readonly alertInfo?: AlertInfoSpec | undefined;
  readonly limits: LimitsSpec;
  readonly dialPlan: DialPlanSpec;
}

/** What a tenant may use of all edges together; undefined means as much as there is. */
interface LimitsSpec {
  /** Calls at a time. */
  readonly maxCalls?: number | undefined;
  /** New calls in a second. */
  readonly callsPerSecond?: number | undefined;
}

/** How long a contact may be bound, and how its way is kept open, in seconds. */
export interface RegistrationSpec {
  /** 0 for never. */
  readonly keepAlive: number;
  readonly minExpires: number;
  readonly maxExpires: number;
  readonly defaultExpires: number;
}

export const ringTimeoutSchema: z.ZodType<number> = z.int().min(1).max(600);

const auth = z
  .strictObject({
    algorithms: z
      .array(z.enum(digestAlgorithms))
      .min(1)
      .default(['MD5'])
      .describe(
        'Digest algorithms, most preferred first. Many phones refuse a challenge in two of them, so only ' +
          'MD5 is offered unless this says otherwise.',
      ),
    nonceLifetime: z
      .int()
      .min(10)
      .max(86_400)
      .default(300)
      .describe('Seconds after which a phone is asked to answer a new challenge.'),
  })
  .prefault({})
  .describe('How users prove who they are.');

export const keepAliveSchema: z.ZodType<number> = z.int().min(0).max(600);

const registration: z.ZodType<RegistrationSpec> = z
  .strictObject({
    // RFC 3261 §10.3: an interval of an hour or more must not be refused as too brief.
    minExpires: z.int().min(1).max(3_600).default(60).describe('Shorter intervals are refused with 423.'),
    maxExpires: z.int().min(1).max(604_800).default(3_600).describe('Longer intervals are cut to this.'),
    defaultExpires: z.int().min(1).max(604_800).default(3_600).describe('For a phone that asks for none.'),
    keepAlive: keepAliveSchema
      .default(25)
      .describe(
        'Seconds after which a phone that registers over UDP from behind a NAT is asked whether it is there, which ' +
          'keeps the NAT open; one that sends keep-alives itself is left alone. 0 for never.',
      ),
  })
  .refine(
    (spec) => spec.minExpires <= spec.defaultExpires && spec.defaultExpires <= spec.maxExpires,
    'minExpires must not be over defaultExpires, nor defaultExpires over maxExpires',
  )
  .prefault({})
  .describe('For how many seconds a contact is bound.');

export const maxCallsSchema: z.ZodType<number> = z.int().min(1).max(1_000_000);

const limits: z.ZodType<LimitsSpec> = z
  .strictObject({
    maxCalls: maxCallsSchema
      .optional()
      .describe(
        'Calls at a time, over all edges; one more is answered 480. As many as there is room for when unset.',
      ),
    callsPerSecond: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe('New calls in a second, over all edges; one more is answered 503 with Retry-After.'),
  })
  .prefault({})
  .describe('What the tenant may use at most.');

export const tenantSchema: z.ZodType<TenantSpec> = z
  .strictObject({
    domains: z
      .array(domainSchema)
      .prefault([])
      .describe(
        'Domains of the tenant, in any case. The first is the realm for `ownAddresses` and for `ha1`.',
      ),
    ownAddresses: z
      .boolean()
      .default(false)
      .describe(
        'The addresses of the edges count as a domain of this tenant. At most one tenant may say so.',
      ),
    media: mediaSchema,
    auth,
    ringTimeout: ringTimeoutSchema.default(60).describe('Seconds that a group of contacts may ring.'),
    registration,
    sessionTimer: sessionTimerSchema,
    callsToOtherDomains: z
      .boolean()
      .default(false)
      .describe('Users may call URIs in domains that are not served here; otherwise such calls meet 403.'),
    hideTopology: z
      .boolean()
      .default(true)
      .describe(
        'No address of phones, of other edges or of nodes is shown to other domains that users call. Trunks have ' +
          '`hideTopology` of their own.',
      ),
    followRedirects: z
      .boolean()
      .default(false)
      .describe(
        'When a phone answers that it is to be found elsewhere (3xx), that is called if the caller may call there; ' +
          'otherwise the caller is told.',
      ),
    alertInfo: alertInfoSchema.optional(),
    limits,
    dialPlan: dialPlanSchema,
  })
  .refine((spec) => spec.domains.length > 0 || spec.ownAddresses, {
    message: 'needs at least one domain unless ownAddresses is true',
    path: ['domains'],
  });
