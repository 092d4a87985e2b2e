import { type Located, ofKind, owned, problemAt, type WithKind } from './located.ts';
import { nearestHint } from './nearest.ts';
import type { Problem } from './problem.ts';

type LocatedTrunk = WithKind<'Trunk'>;

/** What is wrong with trunks, and with the routes that lead to them. */
export function checkTrunks(all: readonly Located[]): Problem[] {
  const trunks = ofKind(all, 'Trunk');
  const known = Map.groupBy(trunks, ({ resource }) => resource.metadata.tenant);
  return [
    ...routesWithoutTrunks(ofKind(all, 'Route'), known),
    ...twins(trunks),
    ...sharedUsernames(trunks, all),
  ];
}

type Known = ReadonlyMap<string, readonly LocatedTrunk[]>;

function namesIn(known: Known, tenant: string): string[] {
  return (known.get(tenant) ?? []).map(({ resource }) => resource.metadata.name);
}

function* routesWithoutTrunks(routes: readonly WithKind<'Route'>[], known: Known): Iterable<Problem> {
  for (const located of routes) {
    const { metadata, spec } = located.resource;
    const trunks = known.get(metadata.tenant) ?? [];
    for (const [index, name] of spec.trunks.entries()) {
      const trunk = trunks.find(({ resource }) => resource.metadata.name === name);
      if (trunk && trunk.resource.spec.contacts.length > 0) continue;
      const problem = trunk
        ? `${owned(trunk)} has no contacts`
        : `${name} is no trunk of the tenant${nearestHint(name, namesIn(known, metadata.tenant))}`;
      yield problemAt(located, ['spec', 'trunks', index], problem);
    }
  }
}

/** Two trunks with the same proof and the same conditions: nobody could tell whose a call is. */
function* twins(trunks: readonly LocatedTrunk[]): Iterable<Problem> {
  const first = new Map<string, LocatedTrunk>();
  for (const located of trunks) {
    for (const { key, path, shown } of proofsOf(located)) {
      const earlier = first.get(key);
      if (!earlier) first.set(key, located);
      else if (earlier !== located) {
        const problem = `${shown} proves ${owned(earlier)} as well: tell them apart by line or match`;
        yield problemAt(located, ['spec', 'identify', ...path], problem);
      }
    }
  }
}

/** Two who prove themselves by the same name: only one of them would ever be found. */
function* sharedUsernames(trunks: readonly LocatedTrunk[], all: readonly Located[]): Iterable<Problem> {
  const key = (tenant: string, name: string): string => `${tenant}/${name}`;
  const owners = new Map<string, Located>();
  for (const located of ofKind(all, 'User')) {
    const { metadata, spec } = located.resource;
    for (const name of [metadata.name, ...spec.aliases]) owners.set(key(metadata.tenant, name), located);
  }
  for (const located of trunks) {
    const { metadata, spec } = located.resource;
    const { username } = spec.identify.credentials ?? {};
    if (username === undefined) continue;
    const owner = owners.get(key(metadata.tenant, username));
    if (!owner) owners.set(key(metadata.tenant, username), located);
    else {
      const problem = `${username} already names ${owned(owner)}`;
      yield problemAt(located, ['spec', 'identify', 'credentials', 'username'], problem);
    }
  }
}

interface ProofKey {
  readonly key: string;
  readonly path: readonly [string, number];
  readonly shown: string;
}

function proofsOf({ resource: { spec } }: LocatedTrunk): ProofKey[] {
  const { sources, certificates, line, match } = spec.identify;
  const conditions = JSON.stringify([line, match.map((each) => JSON.stringify(each)).sort()]);
  return [
    ...sources.map(({ bits, length, text }, index) => ({
      key: `${bits}/${length} ${conditions}`,
      path: ['sources', index] as const,
      shown: text,
    })),
    ...certificates.map((name, index) => ({
      key: `${name} ${conditions}`,
      path: ['certificates', index] as const,
      shown: name,
    })),
  ];
}
