import { z } from 'zod';
import { domainSchema, nameSchema } from './name.ts';
import { sipUriSchema } from './trunk-uri.ts';

/** How we log in to the trunk. Durations are seconds. */
export interface TrunkRegistrationSpec {
  readonly enabled: boolean;
  /** The registrar; the first contact when undefined. */
  readonly server?: string | undefined;
  /** Of the address of record; the user name of `auth` when undefined. */
  readonly user?: string | undefined;
  /** Of the address of record; the host of the registrar when undefined. */
  readonly domain?: string | undefined;
  /** The user part of our Contact; the user when undefined. */
  readonly contactUser?: string | undefined;
  readonly expires: number;
  readonly retry: number;
  /** Whether our Contact has a token that proves calls to it. */
  readonly line: boolean;
}

/** When a trunk's contacts are asked whether they are there. */
export interface ProbeSpec {
  /** Seconds; 0 for never. */
  readonly interval: number;
  readonly failures: number;
  readonly successes: number;
}

export const trunkRegistrationSchema: z.ZodType<TrunkRegistrationSpec> = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether to register at all.'),
    server: sipUriSchema
      .optional()
      .describe(
        'The registrar, such as `sip:sip.carrier.example`; the first of `contacts` unless it is given.',
      ),
    user: nameSchema.optional().describe('The user that we register as; `auth.username` unless it is given.'),
    domain: domainSchema
      .optional()
      .describe('The domain that we register in; the host of the registrar unless it is given.'),
    contactUser: nameSchema
      .optional()
      .describe('The user part of our Contact, which calls will name; the user unless it is given.'),
    expires: z
      .int()
      .min(30)
      .max(86_400)
      .default(600)
      .describe('Seconds that we ask for. The registration is refreshed after half of what is granted.'),
    retry: z
      .int()
      .min(5)
      .max(3_600)
      .default(120)
      .describe(
        'Seconds at most between two attempts after a failure, which come at growing distances; and after a refusal.',
      ),
    line: z
      .boolean()
      .default(true)
      .describe(
        'Put a token into our Contact (`;line=`) that only the registrar is told: a call to it is proven to come from the trunk, within `identify.sources` where there are some.',
      ),
  })
  .describe('Our login at the trunk; kept by one node at a time. Without it there is none.');

export const probeSchema: z.ZodType<ProbeSpec> = z
  .strictObject({
    interval: z
      .int()
      .min(0)
      .max(3_600)
      .default(0)
      .describe('Seconds between two OPTIONS to each contact; 0 for none.'),
    failures: z
      .int()
      .min(1)
      .max(10)
      .default(2)
      .describe('How many in a row without an answer take a contact out of service.'),
    successes: z.int().min(1).max(10).default(1).describe('How many answers in a row bring it back.'),
  })
  .prefault({})
  .describe(
    'How we find out whether the contacts are there. A contact that is not gets no calls while another one is.',
  );
