import type { router } from '@tandem/contract';
import type { User } from '@tandem/resource';
import type { FaultKind, Layer } from '@tandem/sip';
import { userDisabled } from './faults.ts';

/** Why a request goes no further. No Fault is thrown: a challenge is the beginning of most requests. */
export interface Refusal {
  readonly kind: FaultKind;
  /** What was looked at, see the contract's Step. */
  readonly rule: string;
  /** What is wrong, in plain words. */
  readonly detail: string;
  /** What is to blame, for the diagnosis of the call. Unless it is said, that is who asks. */
  readonly blamed?: Blamed;
  /** More header fields of the response. */
  readonly headers?: readonly router.HeaderField[];
}

/** A resource of a tenant; or a `Peer`, which is an address, or a `Tier` of the system. */
export interface Blamed extends Partial<Pick<router.Blame, 'tenant' | 'field'>> {
  readonly kind: 'Tenant' | 'User' | 'Trunk' | 'Number' | 'Route' | 'Peer' | 'Tier';
  readonly name: string;
  /** Where it is another one than that of the kind of fault. */
  readonly layer?: Layer;
}

export function refusal(kind: FaultKind, rule: string, detail: string, blamed?: Blamed): Refusal {
  return { kind, rule, detail, ...(blamed && { blamed }) };
}

/** A user, a trunk or another resource of a tenant, and the field of it that is wrong. */
export function blamedOf(
  kind: Blamed['kind'],
  { name, tenant }: { readonly name: string; readonly tenant: { readonly name: string } },
  field: string = '',
): Blamed {
  return { kind, tenant: tenant.name, name, field };
}

/** A user that was called and is disabled, which a caller cannot tell from none. */
export function disabled(user: User): Refusal {
  return refusal(userDisabled, 'number', `${user.name} is disabled`, blamedOf('User', user, 'enabled'));
}
