import { z } from 'zod';
import { type DeckSpec, deckSchema } from './deck.ts';
import { nameSchema } from './name.ts';
import { type NumberSpec, numberSchema } from './number.ts';
import { type RouteSpec, routeSchema } from './route.ts';
import { type ScheduleSpec, scheduleSchema } from './schedule.ts';
import { type TenantSpec, tenantSchema } from './tenant.ts';
import { type TrunkSpec, trunkSchema } from './trunk.ts';
import { type UserSpec, userSchema } from './user.ts';

/** One document of the configuration, checked by itself. */
export type Resource =
  | TenantResource
  | UserResource
  | TrunkResource
  | NumberResource
  | RouteResource
  | ScheduleResource
  | DeckResource;

export interface TenantResource {
  readonly apiVersion: 'tandem/v1';
  readonly kind: 'Tenant';
  readonly metadata: { readonly name: string };
  readonly spec: TenantSpec;
}

interface WithinTenant<K extends string, Spec> {
  readonly apiVersion: 'tandem/v1';
  readonly kind: K;
  readonly metadata: { readonly tenant: string; readonly name: string };
  readonly spec: Spec;
}

export type UserResource = WithinTenant<'User', UserSpec>;
export type TrunkResource = WithinTenant<'Trunk', TrunkSpec>;
export type NumberResource = WithinTenant<'Number', NumberSpec>;
export type RouteResource = WithinTenant<'Route', RouteSpec>;
export type DeckResource = WithinTenant<'Deck', DeckSpec>;
export type ScheduleResource = WithinTenant<'Schedule', ScheduleSpec>;

/** The name of a kind. */
export type Kind = Resource['kind'];

const apiVersion = z.literal('tandem/v1').describe('The version of this format.');
const name = nameSchema.describe('The name, unique within tenant and kind.');
const tenant = nameSchema.describe('The tenant that the resource belongs to.');

function within<K extends string, Spec>(
  kind: K,
  spec: z.ZodType<Spec>,
  description: string,
): z.ZodType<WithinTenant<K, Spec>> {
  const metadata = z.strictObject({ tenant, name });
  return z
    .strictObject({ apiVersion, kind: z.literal(kind), metadata, spec })
    .describe(description) as unknown as z.ZodType<WithinTenant<K, Spec>>;
}

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
  User: within('User', userSchema, 'Somebody with phones.'),
  Trunk: within('Trunk', trunkSchema, 'A peer outside: a provider, a carrier or another switch.'),
  Number: within(
    'Number',
    numberSchema,
    'A number under which the tenant is called from outside, and by its own users. Its name is the number.',
  ),
  Route: within('Route', routeSchema, 'The way to numbers outside, for the users of the tenant.'),
  Schedule: within('Schedule', scheduleSchema, 'When something is open, by the clock of a place.'),
  Deck: within('Deck', deckSchema, 'What calls by a trunk cost.'),
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
