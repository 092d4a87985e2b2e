import { fnv, scatter } from '@tandem/platform';
import type { OutboundRoute, Price, Snapshot, Trunk } from '@tandem/resource';

/** The trunks of a route in the order in which a call tries them, and how that is told. */
interface Choice {
  readonly trunks: readonly Trunk[];
  readonly finding: string;
}

/** What may decide about the order. */
interface Call {
  /** In E.164 where the dial plan knows it. */
  readonly number: string;
  /** Another one for each call. */
  readonly key: string;
}

/** Disabled trunks are told, and left out. */
export function chooseTrunks(snapshot: Snapshot, route: OutboundRoute, call: Call): Choice {
  const trunks = route.trunks.map((name) => snapshot.trunk(route.tenant.name, name)!);
  switch (route.choose) {
    case 'order':
      return told(trunks, () => undefined);
    case 'weight':
      return told(byWeight(trunks, route.weights, call.key), ({ name }) => `weight ${weightOf(route, name)}`);
    case 'cost':
      return byCost(snapshot, trunks, call.number);
  }
}

function told(trunks: readonly Trunk[], remark: (trunk: Trunk) => string | undefined): Choice {
  const shown = trunks.map((trunk) => {
    const remarks = [remark(trunk), trunk.enabled ? undefined : 'disabled'].filter(
      (text) => text !== undefined,
    );
    return remarks.length === 0 ? trunk.name : `${trunk.name} (${remarks.join(', ')})`;
  });
  return { trunks: trunks.filter(({ enabled }) => enabled), finding: shown.join(', then ') };
}

function weightOf({ weights }: Pick<OutboundRoute, 'weights'>, name: string): number {
  return weights[name] ?? 1;
}

/**
 * An order that is drawn anew for each call, and the same wherever the call is decided: each trunk is first as often as
 * its share says. Times until something happens at a rate of the weight are in such an order.
 */
function byWeight(trunks: readonly Trunk[], weights: OutboundRoute['weights'], key: string): Trunk[] {
  const drawn = trunks.map((trunk) => {
    const weight = weightOf({ weights }, trunk.name);
    const time =
      weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(fraction(`${key} ${trunk.name}`)) / weight;
    return { trunk, time };
  });
  return drawn.sort((a, b) => (a.time === b.time ? 0 : a.time - b.time)).map(({ trunk }) => trunk);
}

/** A number above 0, and below 1, that is drawn by a text. */
function fraction(text: string): number {
  return (scatter(fnv(text)) + 0.5) / 2 ** 32;
}

/** The cheapest first; at the same price as they are named. Who has no price is not asked. */
function byCost(snapshot: Snapshot, trunks: readonly Trunk[], number: string): Choice {
  const priced = trunks.map((trunk) => ({ trunk, found: snapshot.price(trunk, number) }));
  const known = priced.filter((each): each is { trunk: Trunk; found: Price } => each.found !== undefined);
  const unknown = priced.filter(({ found }) => found === undefined).map(({ trunk }) => trunk.name);
  const prices = new Map(known.map(({ trunk, found }) => [trunk, found]));
  const ordered = known.sort((a, b) => a.found.price - b.found.price).map(({ trunk }) => trunk);
  const { trunks: usable, finding } = told(ordered, (trunk) => {
    const { price, prefix } = prices.get(trunk)!;
    return `${price} for ${prefix}`;
  });
  const rest = unknown.length === 0 ? '' : `no price at ${unknown.join(', ')}`;
  return { trunks: usable, finding: [finding, rest].filter((text) => text !== '').join('; ') };
}
