import type { CodecList } from '@tandem/sdp';
import { z } from 'zod';
import { type AlertInfoSpec, alertInfoSchema } from './alert-info.ts';
import { codecsSchema } from './codecs.ts';
import { type HeaderRules, headerRulesSchema } from './header-rules.ts';
import { type HeaderSpec, headersSchema } from './headers.ts';
import { type MediaSpec, mediaOverride } from './media.ts';
import { nameSchema } from './name.ts';
import { type Network, networkSchema } from './network.ts';
import { Secret, secretPlaceholder } from './secret.ts';
import { type TagHeaders, type Tags, tagHeadersSchema, tagsSchema } from './tags.ts';
import { keepAliveSchema, maxCallsSchema, ringTimeoutSchema } from './tenant.ts';

/** Somebody with phones. Durations are seconds. */
export interface UserSpec {
  readonly aliases: readonly string[];
  readonly credentials: CredentialsSpec;
  readonly callerId?: string | undefined;
  readonly callerIds: readonly string[];
  readonly displayName?: string | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly maxContacts: number;
  readonly maxContactsPolicy: MaxContactsPolicy;
  readonly ringTimeout?: number | undefined;
  readonly followRedirects?: boolean | undefined;
  readonly media?: Partial<MediaSpec> | undefined;
  /** Any when it is not there. */
  readonly codecs?: CodecList | undefined;
  readonly alertInfo?: AlertInfoSpec | undefined;
  /** What its phones get besides. */
  readonly headers?: readonly HeaderSpec[] | undefined;
  readonly headerRules?: HeaderRules | undefined;
  /** Of calls that it makes. */
  readonly tags?: Tags | undefined;
  /** Headers in which its phones are told tags. */
  readonly tagHeaders?: TagHeaders | undefined;
  /** Calls at a time, whoever began them. */
  readonly maxCalls?: number | undefined;
  readonly keepAlive?: number | undefined;
  /** Where the user may be; anywhere when empty. */
  readonly sources: readonly Network[];
  readonly enabled: boolean;
}

/** What happens to a contact too many: 403, or the oldest one goes. */
export type MaxContactsPolicy = 'reject' | 'replace';

/** Exactly one of the three is there. */
export interface CredentialsSpec {
  readonly password?: Secret | undefined;
  readonly passwordFrom?: PasswordSource | undefined;
  readonly ha1?: { readonly MD5?: Secret | undefined; readonly 'SHA-256'?: Secret | undefined } | undefined;
}

/** Exactly one of the two is there. A relative file is meant from the folder of the resource's file. */
export interface PasswordSource {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
}

/** Whether exactly one field is there. */
export function holdsOne(value: object): boolean {
  return Object.values(value).filter((field) => field !== undefined).length === 1;
}

export const passwordFromSchema: z.ZodType<PasswordSource> = z
  .strictObject({
    env: z.string().min(1).optional().describe('Name of an environment variable.'),
    file: z.string().min(1).optional().describe('Path of a file; a line end at its end does not count.'),
  })
  .refine(holdsOne, 'must hold exactly one of env, file')
  .describe('Where the password is kept instead.');

function hexSecret(digits: number) {
  return z
    .string()
    .regex(new RegExp(`^[0-9A-Fa-f]{${digits}}$`), `must be ${digits} hex digits`)
    .transform((hex) => new Secret(hex.toLowerCase()))
    .optional();
}

const ha1 = z
  .strictObject({
    MD5: hexSecret(32).describe('MD5 of `name:realm:password`, in hex.'),
    'SHA-256': hexSecret(64).describe('SHA-256 of `name:realm:password`, in hex.'),
  })
  .refine((value) => Object.keys(value).length > 0, 'must hold at least one of MD5, SHA-256')
  .describe(
    "Hashes instead of a password. They hold for the user's name and the tenant's first domain only.",
  );

export const passwordSchema: z.ZodType<Secret, string> = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => text !== secretPlaceholder, 'stands for a password, it is none: say the password itself')
  .transform((text) => new Secret(text));

const credentials: z.ZodType<CredentialsSpec> = z
  .strictObject({
    password: passwordSchema.optional().describe('The password itself.'),
    passwordFrom: passwordFromSchema.optional(),
    ha1: ha1.optional(),
  })
  .refine(holdsOne, 'must hold exactly one of password, passwordFrom, ha1')
  .describe('What the user proves itself with.');

const displayNamePattern = /^[^\p{Cc}]{1,128}$/u;

export const userSchema: z.ZodType<UserSpec> = z.strictObject({
  aliases: z
    .array(nameSchema)
    .max(64)
    .default([])
    .describe('Other names and numbers under which the user is called; unique within the tenant.'),
  credentials,
  callerId: nameSchema.optional().describe('The number that the user may show as caller.'),
  callerIds: z
    .array(nameSchema)
    .max(64)
    .default([])
    .describe('Other numbers that it may show, where its phone says so in From or P-Preferred-Identity.'),
  classes: z
    .array(nameSchema)
    .max(32)
    .optional()
    .describe(
      'Classes of service, such as `international`: the routes with a class that the user may take. All when unset.',
    ),
  displayName: z
    .string()
    .regex(displayNamePattern, 'must be 1 to 128 characters, none of them a control character')
    .optional()
    .describe('The name that is shown.'),
  maxContacts: z.int().min(1).max(64).default(5).describe('How many phones may be registered at a time.'),
  maxContactsPolicy: z
    .enum(['reject', 'replace'])
    .default('replace')
    .describe(
      'What happens to a phone too many: `reject` answers 403, `replace` removes the oldest contact.',
    ),
  ringTimeout: ringTimeoutSchema
    .optional()
    .describe("Seconds that the phones may ring, if not the tenant's."),
  followRedirects: z
    .boolean()
    .optional()
    .describe('Whether the phones may send calls on elsewhere, if not as the tenant says.'),
  media: mediaOverride("What this user has otherwise than the tenant's `media`.").optional(),
  alertInfo: alertInfoSchema.optional(),
  headers: headersSchema
    .optional()
    .describe('Headers that calls to the phones have besides, each `{ name: X-Desk, value: "7" }`.'),
  headerRules: headerRulesSchema.optional(),
  tags: tagsSchema.optional(),
  tagHeaders: tagHeadersSchema
    .optional()
    .describe(
      'Headers in which the phones are told tags, by the names of the tags: in the INVITE of calls to them, and in the answers to their calls.',
    ),
  codecs: codecsSchema
    .optional()
    .describe(
      'Codecs of calls from and to the phones, by encoding names such as `PCMA`, the preferred first; any when unset. DTMF as events is always among them, and video is left alone unless a codec of video is named.',
    ),
  maxCalls: maxCallsSchema
    .optional()
    .describe(
      'Calls at a time, made and taken, over all edges: one more is answered 480 when the user makes it, 486 when it is for the user.',
    ),
  keepAlive: keepAliveSchema
    .optional()
    .describe("Seconds after which the phones are asked whether they are there, if not the tenant's."),
  sources: z
    .array(networkSchema)
    .max(64)
    .default([])
    .describe(
      'Addresses and networks from which the user may register and call, such as `192.0.2.0/24`; anywhere when empty.',
    ),
  enabled: z.boolean().default(true).describe('A disabled user can neither register nor call nor be called.'),
});
