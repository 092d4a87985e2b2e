import type { Trunk } from '@tandem/resource';
import type { Delivery } from './delivery.ts';
import { contactSilent, inboundMissing } from './faults.ts';
import type { ContactHealth } from './health.ts';
import { isRegistered, type Login } from './login.ts';
import { foreignProblem } from './registrar.ts';
import type { Sighting } from './state.ts';
import { registrationTarget } from './target.ts';

export const conditionTypes = [
  'Endpoint',
  'Contacts',
  'Auth',
  'Identify',
  'Registered',
  'InboundVerified',
] as const;

/** Whether one part of a trunk is ready, and why not. */
export interface Condition {
  readonly type: (typeof conditionTypes)[number];
  readonly status: 'true' | 'false' | 'unknown';
  /** In one word. */
  readonly reason: string;
  readonly detail: string;
  /** Of a part that is not ready. */
  readonly layer?: string | undefined;
  readonly hint?: string | undefined;
}

/** What conditions are made of. */
export interface Known {
  readonly login: Login | undefined;
  readonly contacts: readonly ContactHealth[];
  readonly inbound: Sighting | undefined;
  readonly delivery: Delivery | undefined;
}

/** Milliseconds after which a registration without any sign of calls is suspicious. */
const inboundPatience = 120_000;
/** Milliseconds for which a sign of calls is worth something. */
const inboundLifetime = 24 * 3_600_000;
/** What a registrar could not pass on to us in a row shows that calls do not arrive. */
const maxLost = 2;

/** The conditions of a trunk, one for each of its parts. */
export function conditionsOf(trunk: Trunk, known: Known, now: number): Condition[] {
  return [
    endpoint(trunk),
    contacts(trunk, known.contacts),
    auth(trunk, known.login),
    identify(trunk),
    registered(trunk, known.login, now),
    inboundVerified(trunk, known, now),
  ];
}

function ready(type: Condition['type'], reason: string, detail = ''): Condition {
  return { type, status: 'true', reason, detail };
}

function endpoint({ enabled, endpoint: { outboundProxy } }: Trunk): Condition {
  if (enabled) return ready('Endpoint', 'enabled', outboundProxy ? `by ${outboundProxy}` : '');
  return {
    type: 'Endpoint',
    status: 'false',
    reason: 'disabled',
    detail: 'enabled is false',
    layer: 'policy',
  };
}

function contacts(trunk: Trunk, known: readonly ContactHealth[]): Condition {
  const type = 'Contacts';
  if (trunk.contacts.length === 0) return ready(type, 'none', 'the trunk only calls us');
  if (trunk.probe.interval === 0 || known.length === 0)
    return { type, status: 'unknown', reason: 'not-probed', detail: 'probe.interval is 0' };
  const down = known.filter(({ state }) => state === 'down');
  const detail = known.map(describeContact).join('; ');
  if (down.length === 0) {
    const isKnown = known.every(({ state }) => state === 'up');
    return { type, status: isKnown ? 'true' : 'unknown', reason: isKnown ? 'answering' : 'asked', detail };
  }
  const { code, hint } = contactSilent;
  return { type, status: 'false', reason: code, detail, layer: 'signaling', hint };
}

function describeContact({ uri, state, since, latency, last }: ContactHealth): string {
  const how =
    state === 'up' ? `${latency} ms` : `since ${new Date(since).toISOString()}: ${last ?? 'nothing yet'}`;
  return `${uri} ${state} (${how})`;
}

/** What is wrong with credentials is seen where they are used. */
function auth({ auth: own }: Trunk, login: Login | undefined): Condition {
  const problem = login?.problem;
  if (problem?.layer === 'auth') {
    const { fault: reason, detail, hint, layer } = problem;
    return { type: 'Auth', status: 'false', reason, detail, layer, hint };
  }
  return own ? ready('Auth', 'configured', `as ${own.username}`) : ready('Auth', 'none');
}

function identify({ identify: by, registration, enabled }: Trunk): Condition {
  const proofs = [
    ...(by.certificates.length > 0 ? [`certificate of ${by.certificates.join(', ')}`] : []),
    ...(enabled && registration?.enabled && registration.line ? ['line token of the registration'] : []),
    ...(by.sources.length > 0 ? [`source ${by.sources.map(({ text }) => text).join(', ')}`] : []),
    ...(by.credentials ? [`credentials of ${by.credentials.username}`] : []),
  ];
  if (proofs.length > 0) return ready('Identify', 'configured', proofs.join('; then '));
  const hint = 'Give identify.sources, identify.certificates or identify.credentials, or register.';
  const detail = 'nothing tells that a call comes from it';
  return { type: 'Identify', status: 'false', reason: 'no-proof', detail, layer: 'auth', hint };
}

function registered(trunk: Trunk, login: Login | undefined, now: number): Condition {
  const type = 'Registered';
  if (!registrationTarget(trunk)) return { type, status: 'unknown', reason: 'not-wanted', detail: '' };
  if (!login) return { type, status: 'unknown', reason: 'waiting', detail: 'no node has taken it yet' };
  const isBound = isRegistered(login, now);
  const { problem } = login;
  if (isBound) {
    const until = `${login.contact} at ${login.peer} until ${new Date(login.expiresAt).toISOString()}`;
    return ready(type, 'registered', problem ? `${until}; last: ${problem.detail}` : until);
  }
  if (!problem) return { type, status: 'unknown', reason: login.status, detail: 'no answer yet' };
  const { fault: reason, detail, hint, layer } = problem;
  const next = `next attempt ${new Date(login.dueAt).toISOString()}`;
  return { type, status: 'false', reason, detail: `${login.status}: ${detail}; ${next}`, layer, hint };
}

/** Whether something that was seen still shows that calls arrive: not what came over an earlier registration. */
export function isVerified({ login, inbound }: Pick<Known, 'inbound' | 'login'>, now: number): boolean {
  if (!inbound || now - inbound.at >= inboundLifetime) return false;
  return !login || !isRegistered(login, now) || inbound.at >= login.since;
}

/** Registered is not reachable: only what arrives shows that calls do. That nothing does may mean that nobody calls. */
function inboundVerified(trunk: Trunk, known: Known, now: number): Condition {
  const type = 'InboundVerified';
  const { delivery, inbound, login } = known;
  if (inbound && isVerified(known, now)) {
    const seen = `${inbound.method} from ${inbound.source} at ${new Date(inbound.at).toISOString()}`;
    return ready(type, 'seen', seen);
  }
  const isBound = login !== undefined && registrationTarget(trunk) && isRegistered(login, now);
  if (isBound && login.foreign !== undefined) {
    const { fault: reason, detail, hint, layer } = foreignProblem(login, now);
    return { type, status: 'false', reason, detail, layer, hint };
  }
  const isLost = delivery !== undefined && delivery.failures >= maxLost && delivery.at >= (login?.since ?? 0);
  if (!isBound || (now - login.since < inboundPatience && !isLost)) {
    return { type, status: 'unknown', reason: 'nothing-yet', detail: 'nothing has come from the trunk yet' };
  }
  const { code, hint } = inboundMissing;
  const detail = [
    `nothing since ${new Date(login.since).toISOString()}`,
    `contact ${login.contact}, seen from ${login.seen} by ${login.peer}`,
    ...(delivery ? [`OPTIONS to ourselves by the registrar: ${delivery.said}`] : []),
  ].join('; ');
  return { type, status: isLost ? 'false' : 'unknown', reason: code, detail, layer: 'nat', hint };
}
