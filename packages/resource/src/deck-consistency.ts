import { type Located, ofKind, owned, problemAt, type WithKind } from './located.ts';
import { nearestHint } from './nearest.ts';
import type { Problem } from './problem.ts';

/** What is wrong between decks, trunks and the routes that go by prices or weights. */
export function* checkDecks(all: readonly Located[]): Iterable<Problem> {
  const trunks = Map.groupBy(ofKind(all, 'Trunk'), ({ resource }) => resource.metadata.tenant);
  const decks = Map.groupBy(ofKind(all, 'Deck'), ({ resource }) => resource.metadata.tenant);
  for (const [tenant, own] of decks) {
    const names = (trunks.get(tenant) ?? []).map(({ resource }) => resource.metadata.name);
    for (const located of own) {
      const { trunk } = located.resource.spec;
      if (names.includes(trunk)) continue;
      const problem = `${trunk} is no trunk of the tenant${nearestHint(trunk, names)}`;
      yield problemAt(located, ['spec', 'trunk'], problem);
    }
    for (const each of Map.groupBy(own, ({ resource }) => resource.spec.trunk).values()) yield* twice(each);
  }
  yield* foreignWeights(ofKind(all, 'Route'));
}

/** A prefix with two prices. One of each pair of decks is told. */
function* twice(decks: readonly WithKind<'Deck'>[]): Iterable<Problem> {
  if (decks.length < 2) return;
  const owners = new Map<string, WithKind<'Deck'>>();
  for (const located of decks) {
    const told = new Set<WithKind<'Deck'>>();
    for (const prefix of located.resource.spec.prices.prefixes) {
      const owner = owners.get(prefix);
      if (!owner) owners.set(prefix, located);
      else if (!told.has(owner)) {
        told.add(owner);
        yield problemAt(located, ['spec', 'prices'], `${prefix} has a price in ${owned(owner)}`);
      }
    }
  }
}

function* foreignWeights(routes: readonly WithKind<'Route'>[]): Iterable<Problem> {
  for (const located of routes) {
    const { trunks, weights } = located.resource.spec;
    for (const name of Object.keys(weights)) {
      if (trunks.includes(name)) continue;
      const problem = `${name} is no trunk of the route${nearestHint(name, trunks)}`;
      yield problemAt(located, ['spec', 'weights', name], problem);
    }
  }
}
