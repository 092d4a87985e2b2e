import { z } from 'zod';
import { nameSchema } from './name.ts';
import { type TenantSpec, tenantSchema } from './tenant.ts';
import { type UserSpec, userSchema } from './user.ts';

/** One document of the configuration, checked by itself. */
export type Resource = TenantResource | UserResource;

export interface TenantResource {
  readonly apiVersion: 'tandem/v1';
  readonly kind: 'Tenant';
  readonly metadata: { readonly name: string };
  readonly spec: TenantSpec;
}

export interface UserResource {
  readonly apiVersion: 'tandem/v1';
  readonly kind: 'User';
  readonly metadata: { readonly tenant: string; readonly name: string };
  readonly spec: UserSpec;
}

/** The name of a kind. */
export type Kind = Resource['kind'];

const apiVersion = z.literal('tandem/v1').describe('The version of this format.');
const name = nameSchema.describe('The name, unique within tenant and kind.');
const tenant = nameSchema.describe('The tenant that the resource belongs to.');

/** The schema of each kind, over whole documents. */
export const kinds: { readonly [K in Kind]: z.ZodType<Extract<Resource, { kind: K }>> } = {
  Tenant: z
    .strictObject({
      apiVersion,
      kind: z.literal('Tenant'),
      metadata: z.strictObject({ name }),
      spec: tenantSchema,
    })
    .describe('A customer: domains, and what holds for the users in them.'),
  User: z
    .strictObject({
      apiVersion,
      kind: z.literal('User'),
      metadata: z.strictObject({ tenant, name }),
      spec: userSchema,
    })
    .describe('Somebody with phones.'),
};

/** Whether a text names a kind. */
export function isKind(text: unknown): text is Kind {
  return typeof text === 'string' && Object.hasOwn(kinds, text);
}

/** `kind/tenant/name`: a name of its own among all resources. A tenant is its own tenant. */
export function resourcePath({ kind, metadata }: Resource): string {
  return `${kind}/${'tenant' in metadata ? metadata.tenant : metadata.name}/${metadata.name}`;
}

/** The JSON Schema of a kind, of documents as they are written. */
export function jsonSchema(kind: Kind): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(kinds[kind], { io: 'input' });
}
