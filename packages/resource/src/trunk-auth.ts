import { z } from 'zod';
import type { Secret } from './secret.ts';
import { holdsOne, type PasswordSource, passwordFromSchema, passwordSchema } from './user.ts';

/** A name and its password. Exactly one of the two ways to say it is there. */
export interface AccountSpec {
  readonly username: string;
  readonly password?: Secret | undefined;
  readonly passwordFrom?: PasswordSource | undefined;
}

/** What we prove ourselves with to the trunk. */
export interface AuthSpec extends AccountSpec {
  /** The realms whose challenges are answered; undefined stands for the hosts that the trunk itself names. */
  readonly realm?: string | undefined;
}

/** Who somebody is, with the password at hand. */
export interface Account {
  readonly username: string;
  readonly password: Secret;
}

const lineSchema = z
  .string()
  .regex(/^[^\p{Cc}]{1,128}$/u, 'must be 1 to 128 characters, none of them a control character');

const account = {
  username: lineSchema,
  password: passwordSchema.optional().describe('The password itself.'),
  passwordFrom: passwordFromSchema.optional(),
};

function hasOnePassword({ password, passwordFrom }: AccountSpec): boolean {
  return holdsOne({ password, passwordFrom });
}

const onePassword = 'must hold exactly one of password, passwordFrom';

export const authSchema: z.ZodType<AuthSpec> = z
  .strictObject({
    ...account,
    username: lineSchema.describe('The name in our credentials.'),
    realm: lineSchema
      .optional()
      .describe(
        'The realm whose challenges are answered. Without it: realms that are the host of `registration.server`, of `registration.domain`, of one of `contacts`, of `endpoint.outboundProxy` or `endpoint.fromDomain`.',
      ),
  })
  .refine(hasOnePassword, onePassword)
  .describe(
    'What we prove ourselves with when the trunk asks for credentials. No other server is ever answered.',
  );

export const accountSchema: z.ZodType<AccountSpec> = z
  .strictObject({ ...account, username: lineSchema.describe('The name in its credentials.') })
  .refine(hasOnePassword, onePassword)
  .describe(
    'What the trunk proves itself with by digest, when nothing else has told who calls: it is challenged in the realm of the tenant.',
  );
