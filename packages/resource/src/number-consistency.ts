import { parseUri } from '@tandem/sip';
import { toE164 } from './e164.ts';
import type { FieldPath } from './issue.ts';
import { type Located, ofKind, owned, problemAt, type WithKind } from './located.ts';
import { canonicalHost } from './name.ts';
import { nearestHint } from './nearest.ts';
import type { DestinationSpec, WaySpec } from './number.ts';
import type { Problem } from './problem.ts';

type LocatedNumber = WithKind<'Number'>;

/** What is wrong between numbers and what they lead to. */
export function checkNumbers(all: readonly Located[]): Problem[] {
  const tenants = ofKind(all, 'Tenant');
  const numbers = ofKind(all, 'Number');
  return [...sameNumbers(tenants, numbers), ...lostNumbers(all, tenants, numbers)];
}

/** What a number may name, by tenant. */
interface Known {
  readonly users: ReadonlySet<string>;
  readonly trunks: ReadonlyMap<string, WithKind<'Trunk'>>;
  /** All that are served here. */
  readonly domains: ReadonlySet<string>;
}

function* lostNumbers(
  all: readonly Located[],
  tenants: readonly WithKind<'Tenant'>[],
  numbers: readonly LocatedNumber[],
): Iterable<Problem> {
  const users = Map.groupBy(ofKind(all, 'User'), ({ resource }) => resource.metadata.tenant);
  const trunks = Map.groupBy(ofKind(all, 'Trunk'), ({ resource }) => resource.metadata.tenant);
  const domains = new Set(tenants.flatMap(({ resource }) => resource.spec.domains));
  for (const [tenant, own] of Map.groupBy(numbers, ({ resource }) => resource.metadata.tenant)) {
    const names = (users.get(tenant) ?? []).flatMap(({ resource: { metadata, spec } }) => [
      metadata.name,
      ...spec.aliases,
    ]);
    const byName = (trunks.get(tenant) ?? []).map((trunk) => [trunk.resource.metadata.name, trunk] as const);
    const known: Known = { users: new Set(names), trunks: new Map(byName), domains };
    for (const located of own) yield* lost(located, known);
  }
}

function* lost(located: LocatedNumber, known: Known): Iterable<Problem> {
  const { trunk, rules, ...way } = located.resource.spec;
  yield* lostTrunk(located, ['spec', 'trunk'], trunk, known);
  for (const [index, rule] of rules.entries()) {
    yield* lostTrunk(located, ['spec', 'rules', index, 'when', 'trunk'], rule.when.trunk, known);
    yield* lostWay(located, ['spec', 'rules', index], rule, known);
  }
  yield* lostWay(located, ['spec'], way, known);
}

function* lostWay(
  located: LocatedNumber,
  path: FieldPath,
  { destination, otherwise }: WaySpec,
  known: Known,
): Iterable<Problem> {
  yield* lostDestination(located, [...path, 'destination'], destination, known);
  for (const [index, next] of otherwise.entries()) {
    yield* lostDestination(located, [...path, 'otherwise', index], next, known);
  }
}

function* lostTrunk(
  located: LocatedNumber,
  path: FieldPath,
  trunk: string | undefined,
  { trunks }: Known,
): Iterable<Problem> {
  if (trunk === undefined || trunks.has(trunk)) return;
  yield problemAt(located, path, `${trunk} is no trunk of the tenant${nearestHint(trunk, trunks.keys())}`);
}

function* lostDestination(
  located: LocatedNumber,
  path: FieldPath,
  { user, uri, trunk }: DestinationSpec,
  known: Known,
): Iterable<Problem> {
  if (user !== undefined && !known.users.has(user)) {
    const problem = `${user} is no user of the tenant${nearestHint(user, known.users)}`;
    yield problemAt(located, [...path, 'user'], problem);
  }
  const parsed = uri === undefined ? undefined : parseUri(uri);
  const host = parsed && parsed.scheme !== 'tel' ? canonicalHost(parsed.host) : undefined;
  if (host !== undefined && known.domains.has(host)) {
    yield problemAt(located, [...path, 'uri'], `${host} is served here: name the user`);
  }
  yield* lostTrunk(located, [...path, 'trunk'], trunk, known);
  const found = known.trunks.get(trunk ?? '');
  if (!found || found.resource.spec.contacts.length > 0) return;
  yield problemAt(located, [...path, 'trunk'], `${owned(found)} has no contacts`);
}

/** Two numbers that are one in the dial plan of their tenant: nobody could tell which is called. */
function* sameNumbers(
  tenants: readonly WithKind<'Tenant'>[],
  numbers: readonly LocatedNumber[],
): Iterable<Problem> {
  const plans = new Map(tenants.map(({ resource: { metadata, spec } }) => [metadata.name, spec.dialPlan]));
  const owners = new Map<string, { located: LocatedNumber; written: string }>();
  for (const located of numbers) {
    const { metadata, spec } = located.resource;
    const plan = plans.get(metadata.tenant);
    for (const [index, written] of plan ? [metadata.name, ...spec.aliases].entries() : []) {
      const number = toE164(plan!, written)?.number;
      if (number === undefined) continue;
      const key = `${metadata.tenant}/${number}`;
      const owner = owners.get(key);
      if (!owner) owners.set(key, { located, written });
      else if (owner.located !== located && owner.written !== written) {
        const path = index === 0 ? ['metadata', 'name'] : ['spec', 'aliases', index - 1];
        yield problemAt(
          located,
          path,
          `${written} is ${number}, as is ${owner.written} of ${owned(owner.located)}`,
        );
      }
    }
  }
}
