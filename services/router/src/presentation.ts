import type { router } from '@tandem/contract';
import {
  homeRealm,
  rewrite,
  spellNumber,
  type Tenant,
  type Trunk,
  toE164,
  type User,
} from '@tandem/resource';
import { escapeUser, parseNameAddr, parseUri, quote, wireText } from '@tandem/sip';
import { callerNumber, writtenNumber } from './caller-number.ts';
import { privacyUnavailable } from './faults.ts';
import { type Refusal, refusal } from './refusal.ts';
import { partOf } from './request-part.ts';
import { identityOf } from './verdict.ts';

/** How a caller shows itself outside. */
export interface Presentation {
  /** Of the caller. */
  readonly tenant: Tenant;
  /** In E.164 where the dial plan knows it; empty when the caller has none. */
  readonly number: string;
  /** What a user without a number is shown as; empty for who is no user. */
  readonly name: string;
  /** As text. */
  readonly displayName: string | undefined;
  /** Whether it is known to be the caller's: who comes from a trunk that is not trusted has only claimed it. */
  readonly isProven: boolean;
  /** Values of Privacy, in lower case (RFC 3323 §4.2, RFC 3325 §9.3). */
  readonly privacy: ReadonlySet<string>;
  /** From says already that it is nobody. */
  readonly isAnonymous: boolean;
}

/** What a router can see to. Where topology is hidden there is nothing left of a history (RFC 7044 §10.1). */
const provided = new Set(['none', 'id', 'user', 'header', 'session', 'history', 'critical']);

/** How a caller wants to be shown; a refusal when that cannot be had (RFC 3323 §5). */
export function presentationOf(request: router.Request, caller: User | Trunk): Presentation | Refusal {
  const privacy = privacyOf(request);
  const missing = [...privacy].filter((value) => !provided.has(value));
  if (privacy.has('critical') && missing.length > 0) {
    return refusal(privacyUnavailable, 'policy', `Privacy: ${missing.join('; ')} cannot be had`);
  }
  const identity = 'identify' in caller ? identityOutside(request, caller) : identityOfUser(request, caller);
  return { ...identity, tenant: caller.tenant, privacy, isAnonymous: isNobody(request.from) };
}

type Identity = Pick<Presentation, 'number' | 'name' | 'displayName' | 'isProven'>;

/** The number that its phone asks for where that is its own, else its first one; empty when it has none. */
function identityOfUser(request: router.Request, user: User): Identity {
  const { callerId, callerIds, displayName, tenant } = user;
  const spell = (number: string): string => toE164(tenant.dialPlan, number)?.number ?? number;
  const owned = [...(callerId === undefined ? [] : [callerId]), ...callerIds].map(spell);
  const wishes = [partOf(request, 'p-preferred-identity') ?? '', request.from].map(writtenNumber);
  const wanted = wishes.map((wish) => spell(wish ?? '')).find((wish) => owned.includes(wish));
  return { number: wanted ?? owned[0] ?? '', name: user.name, displayName, isProven: true };
}

function identityOutside(request: router.Request, trunk: Trunk): Identity {
  const display = parseNameAddr(request.from)?.display;
  return {
    number: callerNumber(request, trunk),
    name: '',
    displayName: display && Buffer.from(display, 'latin1').toString('utf8'),
    isProven: trunk.endpoint.trusted,
  };
}

export function privacyOf(request: router.Request): ReadonlySet<string> {
  const values = (partOf(request, 'privacy') ?? '').toLowerCase().split(/[;,\s]+/);
  return new Set(values.filter((value) => value !== ''));
}

/** RFC 3323 §4.1.1.3 */
function isNobody(from: string): boolean {
  const uri = parseUri(parseNameAddr(from)?.uri ?? '');
  return uri !== undefined && uri.scheme !== 'tel' && uri.host.toLowerCase() === 'anonymous.invalid';
}

export const nobody = '"Anonymous" <sip:anonymous@anonymous.invalid>';

/**
 * Headers that a user may not send outside: credentials were for us; the others would be believed there, and only the
 * edge may assert them (RFC 3325 §5).
 */
const reserved: readonly string[] = [
  'Proxy-Authorization',
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'Remote-Party-ID',
  'Diversion',
  'History-Info',
  'Identity',
  'P-Served-User',
  'P-Associated-URI',
  'P-Charging-Vector',
  'P-Charging-Function-Addresses',
  'P-Access-Network-Info',
];

/** What a user says of itself besides (RFC 3323 §4.1.1). */
export const personal: readonly string[] = [
  'Subject',
  'Call-Info',
  'Organization',
  'User-Agent',
  'Reply-To',
  'In-Reply-To',
];

/** How a trunk is spoken to for a user. */
export function outsideOf(trunk: Trunk, target: string, shown: Presentation): router.Outside {
  const { endpoint, tenant } = trunk;
  const {
    fromDomain = homeRealm(tenant),
    fromUser,
    headers,
    hideTopology = !endpoint.trusted,
    trusted,
  } = endpoint;
  const { displayName, isProven, privacy, isAnonymous } = shown;
  const number = shownNumber(trunk, shown);
  // Who is trusted sees to privacy itself, and has to know who it is (RFC 3325 §7).
  const withheld = (value: string): boolean => !trusted && privacy.has(value) && !privacy.has('none');
  const identity = `<sip:${escapeUser(number)}@${fromDomain}>`;
  const spoken = displayName === undefined ? '' : `${quote(wireText(displayName))} `;
  const named = `${spoken}${identity}`;
  const shownAs = fromUser === undefined ? named : `${spoken}<sip:${escapeUser(fromUser)}@${fromDomain}>`;
  return {
    hidden: hideTopology || withheld('header'),
    trusted,
    from: isAnonymous || number === '' || withheld('user') ? nobody : shownAs,
    to: `<${target.split(';', 1)[0]!}>`,
    challenges: false,
    ...accountOf(trunk),
    edits: [
      ...reserved.map((name) => ({ name })),
      ...(withheld('id') || !isProven || number === '' ? [] : trunk.callerId.headers).map((name) => ({
        name,
        value: name === 'Remote-Party-ID' ? `${named};party=calling;screen=yes` : named,
      })),
      ...(withheld('user') ? personal.map((name) => ({ name })) : []),
      ...privacyEdit(trusted, privacy),
      ...headers,
    ],
  };
}

/** The trunk as one whose challenges are answered, where it is. */
export function accountOf(trunk: Trunk): Pick<router.Outside, 'account'> {
  return trunk.auth ? { account: identityOf(trunk) } : {};
}

/** The number of a caller as a trunk wants it; the name of a user who has none, nor the trunk for it. */
function shownNumber(
  { callerId, numbering, ...trunk }: Trunk,
  { number, name, tenant }: Presentation,
): string {
  const plan = { ...trunk.tenant.dialPlan, ...numbering.dialPlan };
  const { fallback } = callerId;
  const own =
    number === '' && name !== '' && fallback !== undefined
      ? (toE164(tenant.dialPlan, fallback)?.number ?? fallback)
      : number;
  if (own === '') return name;
  return rewrite(numbering.rewriteCaller, spellNumber(plan, own, numbering.format)) ?? '';
}

/** What has been seen to is not asked of the next one again (RFC 3323 §5); `id` stays, for whoever else knows. */
export function privacyEdit(trusted: boolean, privacy: ReadonlySet<string>): router.HeaderEdit[] {
  if (trusted || privacy.size === 0 || privacy.has('none')) return [];
  return [privacy.has('id') ? { name: 'Privacy', value: 'id' } : { name: 'Privacy' }];
}
