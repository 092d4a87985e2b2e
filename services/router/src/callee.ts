import type { event, router } from '@tandem/contract';
import {
  type InboundNumber,
  misfit,
  nearestHint,
  needsAreaCode,
  type OutboundRoute,
  rewrite,
  type Snapshot,
  type Tenant,
  type Trunk,
  type User,
} from '@tandem/resource';
import { malformedUri, parseUri, type SipUri, schemeOf, uriSchemeUnsupported } from '@tandem/sip';
import { nameIn } from './claim.ts';
import { type Dialled, dialledName, dialledNumber } from './dialled.ts';
import { describeUnserved, isOwnHost, servedDomain } from './domain.ts';
import { classMissing, domainForeign, numberUnusable, userUnknown } from './faults.ts';
import { findOwnNumber } from './number-destination.ts';
import { findRoute, type Outbound, shortened } from './outbound.ts';
import { blamedOf, disabled, type Refusal, refusal } from './refusal.ts';

/** Who is called, with the steps that led there. */
export type Callee =
  | OneCallee
  /** Perhaps the user's phone that has registered this contact; if none has, `otherwise`. */
  | {
      readonly is: 'contact';
      readonly user: User;
      readonly otherwise: Exclude<Callee, { is: 'contact' }>;
      readonly steps: readonly router.Step[];
    }
  /** One after the other, until one takes the call. */
  | {
      readonly is: 'series';
      readonly callees: readonly OneCallee[];
      readonly steps: readonly router.Step[];
    };

export type OneCallee =
  | CalledUser
  | (Rung & { readonly is: 'elsewhere'; readonly uri: string; readonly steps: readonly router.Step[] })
  | (Rung & {
      readonly is: 'outside';
      readonly number: string;
      readonly trunks: readonly Trunk[];
      /** There unless something else leads to the trunks. */
      readonly route?: OutboundRoute;
      readonly steps: readonly router.Step[];
    })
  | {
      readonly is: 'refused';
      readonly refusal: Refusal;
      readonly steps: readonly router.Step[];
      /** A number that a trunk has called and nobody here has. */
      readonly unmatched?: Unmatched;
    };

/** A number that a trunk has called, and what is like it. */
export interface Unmatched extends Omit<event.NumberUnmatched, 'trunk' | 'sipCallId'> {
  readonly trunk: Trunk;
}

/** A user who is called, whatever steps led there. */
export interface CalledUser extends Rung {
  readonly is: 'user';
  readonly user: User;
  readonly steps: readonly router.Step[];
}

/** What is for others to say of how somebody is called. */
interface Rung {
  /** How long, in seconds. */
  readonly ringTimeout?: number | undefined;
  /** The number that led there. */
  readonly inbound?: InboundNumber | undefined;
}

/** Finds whom a Request-URI names, for a proven caller. */
export function findCallee(snapshot: Snapshot, asking: Asking): Callee {
  const { caller, request } = asking;
  const uri = parseUri(request.requestUri);
  if (!uri) return { is: 'refused', refusal: unreadable(request.requestUri), steps: [] };
  if (uri.scheme === 'tel') {
    const step = { rule: 'domain', finding: `a number is called within tenant ${caller.tenant.name}` };
    const dialled = dialledNumber(caller.tenant, uri.number);
    return findUser(snapshot, caller.tenant, dialled, asking, [step]);
  }
  const domain = servedDomain(snapshot, uri.host, request.ownHosts);
  if (!domain) return atContact(snapshot, uri, caller, leave(snapshot, request, uri, caller));
  const step = { rule: 'domain', finding: `${uri.host} belongs to tenant ${domain.tenant.name}` };
  const dialled = dialledName(domain.tenant, uri);
  return findUser(snapshot, domain.tenant, dialled, asking, [step]);
}

function unreadable(uri: string): Refusal {
  const scheme = schemeOf(uri);
  const isSpoken = scheme === undefined || ['sip', 'sips', 'tel'].includes(scheme);
  return refusal(
    isSpoken ? malformedUri : uriSchemeUnsupported,
    'number',
    `Request-URI is ${JSON.stringify(uri)}`,
  );
}

/** Who asks for somebody, by what, and when. */
export interface Asking {
  readonly caller: User;
  readonly request: router.Request;
  readonly now: number;
  /** Every route is told of. */
  readonly isExplained: boolean;
  /** A phone of somebody is asked for, and nobody else. */
  readonly isOnePhone: boolean;
}

function findUser(
  snapshot: Snapshot,
  tenant: Tenant,
  { spellings, number, steps: spelled }: Dialled,
  { caller, request, now, isExplained, isOnePhone }: Asking,
  steps: readonly router.Step[],
): Callee {
  // The routes and numbers of a tenant are for its own users: the calls are on its bill.
  const mayLeave = caller.tenant === tenant && request.method === 'INVITE';
  const first =
    mayLeave && !isOnePhone ? findOwnNumber(snapshot, caller, { spellings, internal: true, now }) : undefined;
  if (first) return { ...first, steps: [...steps, ...first.steps] };
  for (const name of spellings) {
    const user = snapshot.user(tenant.name, name);
    if (!user) continue;
    if (!user.enabled) return { is: 'refused', refusal: disabled(user), steps };
    const finding = name === user.name ? `user ${name}` : `${name} is an alias of user ${user.name}`;
    return { is: 'user', user, steps: [...steps, { rule: 'number', finding }] };
  }
  const own = mayLeave ? findOwnNumber(snapshot, caller, { spellings, internal: false, now }) : undefined;
  if (own) return { ...own, steps: [...steps, ...spelled, ...own.steps] };
  const key = request.key || request.callId;
  const told = isExplained ? (all: readonly router.Step[]) => all : shortened;
  const way = mayLeave ? findRoute(snapshot, caller, number, { now, key, isExplained }) : undefined;
  if (way?.found) {
    return outside(way.found, number, [...steps, ...spelled, ...told(way.steps)]);
  }
  const tried = [...steps, ...spelled, ...told(way?.steps ?? [])];
  if (way?.missingClass !== undefined) {
    const detail = `${caller.name} does not have the class of service ${way.missingClass}`;
    const blamed = blamedOf('User', caller, 'classes');
    return { is: 'refused', refusal: refusal(classMissing, 'policy', detail, blamed), steps: tried };
  }
  const [name = ''] = spellings;
  const why = spelled.length === 0 ? misfit(tenant.dialPlan, name) : undefined;
  const detail = `unknown user ${name}${nearestHint(name, snapshot.names(tenant.name))}${why ? `; ${why}` : ''}`;
  const blamed =
    spelled.length === 0 && needsAreaCode(tenant.dialPlan, name)
      ? blamedOf('Tenant', { name: tenant.name, tenant }, 'dialPlan.areaCode')
      : blamedOf('User', { name, tenant });
  return { is: 'refused', refusal: refusal(userUnknown, 'number', detail, blamed), steps: tried };
}

/** To the trunks of a route, with the number that its rules make. */
function outside(
  { route, trunks }: NonNullable<Outbound['found']>,
  dialled: string,
  steps: readonly router.Step[],
): Callee {
  const number = rewrite(route.rewrite, dialled);
  if (number === undefined) {
    const detail = `route ${route.name} rewrites ${dialled} to what is no number`;
    const blamed = blamedOf('Route', route, 'rewrite');
    return { is: 'refused', refusal: refusal(numberUnusable, 'route', detail, blamed), steps };
  }
  const finding = `route ${route.name} makes it ${number}`;
  const more = number === dialled ? [] : [{ rule: 'route', finding }];
  return { is: 'outside', number, trunks, route, steps: [...steps, ...more] };
}

/** RFC 3515 §2.1: who transfers a call names the phone by its Contact, whose host is nobody's domain. */
function atContact(
  snapshot: Snapshot,
  uri: SipUri,
  { tenant }: User,
  otherwise: ReturnType<typeof leave>,
): Callee {
  const user = snapshot.user(tenant.name, nameIn(uri) ?? '');
  if (!user?.enabled) return otherwise;
  const finding = `${uri.host} is where user ${user.name} has a phone`;
  return { is: 'contact', user, otherwise, steps: [{ rule: 'bindings', finding }] };
}

/** A call to a domain that is not served here. What would come back to this edge is no such domain. */
function leave(
  snapshot: Snapshot,
  request: router.Request,
  uri: SipUri,
  caller: User,
): Exclude<Callee, { is: 'contact' }> {
  const { tenant } = caller;
  const { ownHosts } = request;
  if (tenant.callsToOtherDomains && !isOwnHost(uri.host, ownHosts)) {
    const finding = `${uri.host} is not served here, and tenant ${tenant.name} may call there`;
    const { requestUri } = request;
    return { is: 'elsewhere', uri: requestUri, steps: [{ rule: 'domain', finding }] };
  }
  const detail = describeUnserved(snapshot, uri.host, ownHosts);
  const blamed = blamedOf('Tenant', { name: tenant.name, tenant }, 'callsToOtherDomains');
  return { is: 'refused', refusal: refusal(domainForeign, 'domain', detail, blamed), steps: [] };
}
