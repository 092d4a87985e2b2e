import type { router } from '@tandem/contract';
import type { CallLimit } from '@tandem/platform';
import type { Snapshot, Tenant, User } from '@tandem/resource';
import type { FaultKind } from '@tandem/sip';
import { calleeLimitReached, callLimitReached, shareExceeded, trunkLimitReached } from './faults.ts';
import { trunkLimit } from './trunk-target.ts';

/** Limits that are taken together: those of one tenant. */
export interface LimitGroup {
  readonly limits: readonly CallLimit[];
  /** Milliseconds that a place is held unless it is renewed. */
  readonly lifetime: number;
  /** Whether the call keeps its place for as long as it lasts. */
  readonly lasting: boolean;
  /** Why the call is refused when one of them is full. */
  readonly refusal: (name: string) => FaultKind;
}

/** A call has its places for so long until its edge renews them, in milliseconds. */
const placeLifetime = 60_000;
const second = 1_000;

/**
 * What a call counts against: the rate of the caller's tenant, and the limits of the caller, of the callee and of their
 * tenants. A rate is a limit as well: of the calls that began within the last second.
 */
export function limitsOf(snapshot: Snapshot, verdict: router.Verdict): readonly LimitGroup[] {
  const caller = userOf(snapshot, verdict.identity);
  const origin = verdict.identity && snapshot.tenants.get(verdict.identity.tenant);
  const callee = userOf(snapshot, calleeOf(verdict));
  const users = [caller, callee].filter((user) => user !== undefined);
  const tenants = [...new Set([...(origin ? [origin] : []), ...users.map(({ tenant }) => tenant)])];
  const refusal = (name: string): FaultKind =>
    name.startsWith('trunk/')
      ? trunkLimitReached
      : callee !== caller && callee && name === userLimit(callee)
        ? calleeLimitReached
        : callLimitReached;
  const lasting = tenants.map((tenant) => ({
    limits: [...trunkWithin(snapshot, tenant, verdict.identity), ...limitsWithin(tenant, users)],
    lifetime: placeLifetime,
    lasting: true,
    refusal,
  }));
  return [...rateOf(origin), ...lasting].filter(({ limits }) => limits.length > 0);
}

function rateOf(tenant: Tenant | undefined): LimitGroup[] {
  const max = tenant?.limits.callsPerSecond;
  if (tenant === undefined || max === undefined) return [];
  const limits = [{ name: `rate/${tenant.name}`, max }];
  return [{ limits, lifetime: second, lasting: false, refusal: () => shareExceeded }];
}

/** Of a trunk that calls; one that is called has its place taken when the call is sent there. */
function trunkWithin(snapshot: Snapshot, tenant: Tenant, caller: router.Identity | undefined): CallLimit[] {
  const trunk = caller?.tenant === tenant.name ? snapshot.trunk(tenant.name, caller.trunk ?? '') : undefined;
  const max = trunk?.endpoint.maxCalls;
  return trunk && max !== undefined ? [{ name: trunkLimit(trunk), max }] : [];
}

function limitsWithin(tenant: Tenant, users: readonly User[]): CallLimit[] {
  const own = [...new Set(users)].filter((user) => user.tenant === tenant);
  const { maxCalls } = tenant.limits;
  const whole = maxCalls === undefined ? [] : [{ name: `tenant/${tenant.name}`, max: maxCalls }];
  const each = own.flatMap((user) =>
    user.maxCalls === undefined ? [] : [{ name: userLimit(user), max: user.maxCalls }],
  );
  return [...whole, ...each];
}

function userLimit(user: User): string {
  return `user/${user.tenant.name}/${user.name}`;
}

function calleeOf({ decision }: router.Verdict): router.Identity | undefined {
  return decision?.$case === 'relay' ? decision.value.groups[0]?.targets[0]?.identity : undefined;
}

function userOf(snapshot: Snapshot, identity: router.Identity | undefined): User | undefined {
  return identity && snapshot.user(identity.tenant, identity.user);
}
