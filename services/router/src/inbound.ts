import type { router } from '@tandem/contract';
import {
  type E164,
  type InboundNumber,
  misfit,
  nearest,
  nearestHint,
  needsAreaCode,
  type Snapshot,
  type Trunk,
  toE164,
} from '@tandem/resource';
import { parseNameAddr, parseUri, splitList, stripSeparators } from '@tandem/sip';
import type { Callee } from './callee.ts';
import { callerNumber } from './caller-number.ts';
import { nameIn } from './claim.ts';
import { dialPlanOf, spelled } from './dialled.ts';
import { numberMissing, numberUnknown } from './faults.ts';
import { destinationOf } from './number-destination.ts';
import { blamedOf, refusal } from './refusal.ts';
import { partName, partOf } from './request-part.ts';

/** Where a call from a trunk goes: the number that was dialled is where the trunk's policy says. */
export function findDestination(
  snapshot: Snapshot,
  request: router.Request,
  trunk: Trunk,
  now: number,
): Callee {
  const { didFrom } = trunk.endpoint;
  const where = didFrom === 'registration' ? 'its registration' : partName(didFrom);
  const dialled = dialledNumber(request, trunk);
  if (dialled === undefined) return missing(request, trunk, where);
  const e164 = toE164(dialPlanOf(trunk), dialled);
  const number = findNumber(snapshot, trunk, dialled, e164);
  if (!number) return unknown(snapshot, request, trunk, { dialled, e164, where });
  const step = { rule: 'number', finding: `${describe(number, dialled)}, from ${where}` };
  if (number.trunk !== undefined && number.trunk !== trunk.name) {
    const detail = `number ${number.name} is called by trunk ${number.trunk} only, not by ${trunk.name}`;
    const blamed = blamedOf('Number', number, 'trunk');
    return { is: 'refused', refusal: refusal(numberUnknown, 'number', detail, blamed), steps: [step] };
  }
  const came = { caller: callerNumber(request, trunk), trunk, now, called: e164?.number ?? dialled };
  const callee = destinationOf(snapshot, number, came);
  return { ...callee, steps: [step, ...callee.steps] };
}

function describe({ name }: InboundNumber, dialled: string): string {
  return dialled === name ? `number ${name}` : `${dialled} is a spelling of number ${name}`;
}

/** As written, without the separators that carry no meaning (RFC 3966 §5.1.1), and in E.164. */
function findNumber(
  snapshot: Snapshot,
  { tenant: { name } }: Trunk,
  dialled: string,
  e164: E164 | undefined,
): InboundNumber | undefined {
  const spellings = [dialled, stripSeparators(dialled), ...(e164 ? [e164.number] : [])];
  return spellings
    .map((spelling) => snapshot.number(name, spelling))
    .find((number) => number !== undefined && !number.internal);
}

/** The number that was dialled; undefined when there is none in that place. */
function dialledNumber(request: router.Request, { endpoint, identify }: Trunk): string | undefined {
  const { didFrom, didPattern } = endpoint;
  const value = didFrom === 'registration' ? identify.line : partOf(request, didFrom);
  if (value === undefined || didFrom === 'registration') return value;
  return didPattern ? didPattern.capture(value) : userPartOf(value);
}

/** The user part of the URI in a value, or the number of a `tel:` one; a value that is no URI is the number itself. */
function userPartOf(value: string): string | undefined {
  const first = splitList(value)[0] ?? '';
  const uri = parseUri(parseNameAddr(first)?.uri ?? first);
  if (!uri) return /^[A-Za-z0-9._+-]{1,64}$/.test(first) ? first : undefined;
  return uri.scheme === 'tel' ? uri.number : nameIn(uri);
}

function missing(request: router.Request, trunk: Trunk, where: string): Callee {
  const detail = `no number in ${where}; Request-URI is ${JSON.stringify(request.requestUri)}`;
  const blamed = blamedOf('Trunk', trunk, 'endpoint.didFrom');
  return { is: 'refused', refusal: refusal(numberMissing, 'number', detail, blamed), steps: [] };
}

/** A number as it came. */
interface Came {
  readonly dialled: string;
  readonly e164: E164 | undefined;
  readonly where: string;
}

function unknown(
  snapshot: Snapshot,
  { requestUri }: router.Request,
  trunk: Trunk,
  { dialled, e164, where }: Came,
): Callee {
  const { tenant } = trunk;
  const steps = e164 && e164.number !== dialled ? [spelled(dialled, e164, `trunk ${trunk.name}`)] : [];
  const why = e164 ? undefined : misfit(dialPlanOf(trunk), dialled);
  const near = nearestNumber(snapshot, tenant.name, dialled);
  const hint = near
    ? `, nearest: ${near.number}, which differs by the prefix ${near.prefix}`
    : nearestHint(dialled, snapshot.numbers(tenant.name));
  const hints = [
    `${dialled} (from ${where}) is no number of tenant ${tenant.name}${hint}`,
    ...(why === undefined ? [] : [why]),
    `Request-URI is ${JSON.stringify(requestUri)}`,
  ];
  const blamed = needsAreaCode(dialPlanOf(trunk), dialled)
    ? blamedOf('Tenant', { name: tenant.name, tenant }, 'dialPlan.areaCode')
    : blamedOf('Number', { name: e164?.number ?? dialled, tenant });
  const refused = refusal(numberUnknown, 'number', hints.join('; '), blamed);
  const [typing = ''] = near ? [] : nearest(dialled, snapshot.numbers(tenant.name));
  const unmatched = {
    trunk,
    received: dialled,
    normalised: e164?.number ?? '',
    nearest: near?.number ?? typing,
    differsBy: near ? `prefix ${near.prefix}` : '',
  };
  return { is: 'refused', refusal: refused, steps, unmatched };
}

/** A number that differs in what stands before it: that is a matter of the dial plan. */
function nearestNumber(
  snapshot: Snapshot,
  tenant: string,
  dialled: string,
): { readonly number: string; readonly prefix: string } | undefined {
  let left = compared;
  for (const known of snapshot.numbers(tenant)) {
    if (left-- === 0) break;
    const [longer, shorter] = known.length > dialled.length ? [known, dialled] : [dialled, known];
    const digits = shorter.replace(/^\+/, '');
    if (digits.length < significant || !longer.endsWith(digits)) continue;
    return { number: known, prefix: longer.slice(0, -digits.length) };
  }
  return undefined;
}

/** Numbers that are looked at: a wrong one in a large tenant must stay cheap. */
const compared = 1_000;
/** Digits by which a number is known again. */
const significant = 6;
