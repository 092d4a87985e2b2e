import type { Trunk } from '@tandem/resource';
import type { Delivery } from './delivery.ts';
import { contactSilent, inboundMissing, sourceUnlisted } from './faults.ts';
import type { ContactHealth } from './health.ts';
import { isRegistered, type Login } from './login.ts';
import { foreignProblem } from './registrar.ts';
import type { Sighting } from './state.ts';
import { registrationTarget } from './target.ts';

export const conditionTypes = [
  'Ready',
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
  /** What has to be looked at, such as `Trunk/carrier spec.auth`: that of another part where it hangs on that. */
  readonly object?: string | undefined;
  /** Since when it has this status, in milliseconds since 1970. */
  readonly since?: number;
  /** When it was true last. */
  readonly goodAt?: number | undefined;
}

/** What conditions are made of. */
export interface Known {
  readonly login: Login | undefined;
  readonly contacts: readonly ContactHealth[];
  readonly inbound: Sighting | undefined;
  readonly delivery: Delivery | undefined;
  /** What came to our Contact from where it may not. */
  readonly stranger: Sighting | undefined;
}

/** Milliseconds after which a registration without any sign of calls is suspicious. */
const inboundPatience = 120_000;
/** Milliseconds for which a sign of calls is worth something. */
const inboundLifetime = 24 * 3_600_000;
/** Characters: a trunk may have sixteen contacts with something to say of each. */
const maxDetail = 1_000;
/** Milliseconds for which one who came from elsewhere is told of. */
const strangerLifetime = 10 * 60_000;
/** What a registrar could not pass on to us in a row shows that calls do not arrive. */
const maxLost = 2;

/** The conditions of a trunk: whether it is ready as a whole, and one for each of its parts. `before` is what they were. */
export function conditionsOf(
  trunk: Trunk,
  known: Known,
  now: number,
  before: readonly Condition[] = [],
): Condition[] {
  const parts = [
    endpoint(trunk),
    contacts(trunk, known.contacts),
    auth(trunk, known.login),
    identify(trunk, known.stranger, now),
    registered(trunk, known.login, now),
    inboundVerified(trunk, known, now),
  ].map((part) =>
    part.field === undefined ? part : { ...part, object: `Trunk/${trunk.name} ${part.field}` },
  );
  return [readyAsWhole(parts), ...parts].map((condition) => aged(condition, before, now));
}

/** A part before it is known of which trunk it is. */
type Part = Condition & { readonly field?: string | undefined };

function aged(part: Part, before: readonly Condition[], now: number): Condition {
  const { field: _, ...condition } = part;
  const known = before.find(({ type }) => type === condition.type);
  const since = known?.status === condition.status ? (known.since ?? now) : now;
  const detail = withoutToken(condition.detail).slice(0, maxDetail);
  return { ...condition, detail, since, goodAt: condition.status === 'true' ? now : known?.goodAt };
}

/** Who has the token of our Contact is believed to be the trunk: neither logs nor events have it. */
export function withoutToken(text: string): string {
  return text.replace(/;line=[^;>,\s]+/g, ';line=…');
}

/** Calls may go on where a part is not ready; somebody has to look all the same, although calls within are well. */
function readyAsWhole(parts: readonly Condition[]): Part {
  const type = 'Ready';
  const wrong = parts.find(({ status }) => status === 'false');
  if (wrong)
    return { ...wrong, type, reason: 'degraded', detail: `${wrong.type}: ${wrong.reason}: ${wrong.detail}` };
  const isWaiting = parts.some(
    ({ reason, status }) => status === 'unknown' && ['asked', 'waiting'].includes(reason),
  );
  return isWaiting ? { type, status: 'unknown', reason: 'starting', detail: '' } : ready(type, 'ready');
}

function ready(type: Condition['type'], reason: string, detail = ''): Part {
  return { type, status: 'true', reason, detail };
}

function endpoint({ enabled, endpoint: { outboundProxy } }: Trunk): Part {
  if (enabled) return ready('Endpoint', 'enabled', outboundProxy ? `by ${outboundProxy}` : '');
  return {
    type: 'Endpoint',
    status: 'false',
    reason: 'disabled',
    detail: 'enabled is false',
    layer: 'policy',
    hint: 'Set spec.enabled to true.',
    field: 'spec.enabled',
  };
}

function contacts(trunk: Trunk, known: readonly ContactHealth[]): Part {
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
  const field = `spec.contacts[${trunk.contacts.indexOf(down[0]!.uri)}]`;
  return { type, status: 'false', reason: code, detail, layer: 'signaling', hint, field };
}

function describeContact({ answeredAt, last, latency, since, state, uri }: ContactHealth): string {
  if (state === 'up') return `${uri} up (${latency} ms)`;
  const good = answeredAt === undefined ? '' : `, last good ${new Date(answeredAt).toISOString()}`;
  return `${uri} ${state} (since ${new Date(since).toISOString()}: ${last ?? 'nothing yet'}${good})`;
}

/** What is wrong with credentials is seen where they are used. */
function auth({ auth: own }: Trunk, login: Login | undefined): Part {
  const problem = login?.problem;
  if (problem?.layer === 'auth') {
    const { fault: reason, detail, hint, layer } = problem;
    return { type: 'Auth', status: 'false', reason, detail, layer, hint, field: 'spec.auth' };
  }
  if (!own) return ready('Auth', 'none');
  const detail = `as ${own.username}`;
  if (login?.since === 0) return { type: 'Auth', status: 'unknown', reason: 'waiting', detail };
  return ready('Auth', 'configured', detail);
}

function identify({ identify: by, registration }: Trunk, stranger: Sighting | undefined, now: number): Part {
  const [type, field, layer] = ['Identify', 'spec.identify', 'auth'] as const;
  if (stranger && now - stranger.at < strangerLifetime) {
    const { code, hint } = sourceUnlisted;
    const detail = `${stranger.method} to our contact from ${stranger.source}, which is none of identify.sources`;
    return { type, status: 'false', reason: code, detail, layer, hint, field };
  }
  const proofs = [
    ...(by.certificates.length > 0 ? [`certificate of ${by.certificates.join(', ')}`] : []),
    ...(registration?.enabled && registration.line ? ['line token of the registration'] : []),
    ...(by.sources.length > 0 ? [`source ${by.sources.map(({ text }) => text).join(', ')}`] : []),
    ...(by.credentials ? [`credentials of ${by.credentials.username}`] : []),
  ];
  if (proofs.length > 0) return ready(type, 'configured', proofs.join('; then '));
  const hint = 'Give identify.sources, identify.certificates or identify.credentials, or register.';
  const detail = 'nothing tells that a call comes from it';
  return { type, status: 'false', reason: 'no-proof', detail, layer, hint, field };
}

function registered(trunk: Trunk, login: Login | undefined, now: number): Part {
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
  const field = layer === 'auth' ? 'spec.auth' : 'spec.registration';
  return { type, status: 'false', reason, detail: `${login.status}: ${detail}; ${next}`, layer, hint, field };
}

/** Whether something that was seen still shows that calls arrive: not what came over an earlier registration. */
export function isVerified({ login, inbound }: Pick<Known, 'inbound' | 'login'>, now: number): boolean {
  if (!inbound || now - inbound.at >= inboundLifetime) return false;
  return !login || !isRegistered(login, now) || inbound.at >= login.since;
}

/** Registered is not reachable: only what arrives shows that calls do. That nothing does may mean that nobody calls. */
function inboundVerified(trunk: Trunk, known: Known, now: number): Part {
  const [type, field] = ['InboundVerified', 'spec.registration'] as const;
  const { delivery, inbound, login } = known;
  if (inbound && isVerified(known, now)) {
    const seen = `${inbound.method} from ${inbound.source} at ${new Date(inbound.at).toISOString()}`;
    return ready(type, 'seen', seen);
  }
  const isBound = login !== undefined && registrationTarget(trunk) && isRegistered(login, now);
  if (isBound && login.foreign !== undefined) {
    const { fault: reason, detail, hint, layer } = foreignProblem(login, now);
    return { type, status: 'false', reason, detail, layer, hint, field };
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
  return { type, status: isLost ? 'false' : 'unknown', reason: code, detail, layer: 'nat', hint, field };
}
