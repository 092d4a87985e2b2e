import type { router } from '@tandem/contract';
import type { Snapshot } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { storeUnavailable } from './faults.ts';
import { type LimitGroup, limitsOf } from './limits.ts';
import { type Blamed, type Refusal, refusal } from './refusal.ts';
import type { Stores } from './uses/stores.ts';

/** What became of a call at its limits. */
export interface Admission {
  /** The limits that it has a place in for as long as it lasts. */
  readonly names: readonly string[];
  readonly refusal?: Refusal;
  /** The store was away: nobody knows whether there was room. */
  readonly unchecked?: boolean;
}

/** Seconds after which a caller may try again. */
const retryAfter = '1';

/**
 * Takes the call's place in each limit of its parties, or in none. A store that is away stops no call. `call` is
 * Tandem's id: a router that is asked again finds the places taken.
 */
export async function admitCall(
  stores: Stores,
  snapshot: Snapshot,
  call: string,
  verdict: router.Verdict,
  now: number,
): Promise<Admission> {
  const names: string[] = [];
  let unchecked = false;
  for (const group of limitsOf(snapshot, verdict)) {
    const full = await acquire(stores, call, group, now);
    unchecked ||= full === 'unknown';
    if (full !== undefined && full !== 'unknown') {
      await stores.release(call, names);
      return { names: [], refusal: refusalOf(group, full) };
    }
    if (group.lasting) names.push(...group.limits.map(({ name }) => name));
  }
  return { names, unchecked };
}

async function acquire(
  stores: Stores,
  call: string,
  { limits, lifetime }: LimitGroup,
  now: number,
): Promise<string | undefined> {
  try {
    return await stores.acquire(call, limits, now + lifetime, now);
  } catch (error) {
    if (error instanceof Fault && error.kind === storeUnavailable) return 'unknown';
    throw error;
  }
}

function refusalOf({ limits, refusal: kindOf }: LimitGroup, full: string): Refusal {
  const kind = kindOf(full);
  const max = limits.find(({ name }) => name === full)?.max;
  const refused = refusal(kind, 'limits', `${full} is at its limit of ${max}`, limited(full));
  return kind.status === 503
    ? { ...refused, headers: [{ name: 'Retry-After', value: retryAfter }] }
    : refused;
}

/** Whose limit that is: `trunk/acme/carrier`, `user/acme/1001`, `tenant/acme`, `rate/acme`. */
function limited(limit: string): Blamed {
  const [of = '', tenant = '', ...rest] = limit.split('/');
  const name = rest.join('/');
  if (of === 'trunk') return { kind: 'Trunk', tenant, name, field: 'endpoint.maxCalls' };
  if (of === 'user') return { kind: 'User', tenant, name, field: 'maxCalls' };
  const field = of === 'rate' ? 'limits.callsPerSecond' : 'limits.maxCalls';
  return { kind: 'Tenant', tenant, name: tenant, field };
}
