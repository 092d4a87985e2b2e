import { expect, it } from 'vitest';
import { withoutDeadContacts } from './dead-contacts.ts';
import { decisionOf, Rig, sampleSnapshot } from './sample.ts';

const carriers = ['near', 'far', 'last'];
const prefixes = 50_000;

/** Prices of a carrier by prefix, which look random and are the same in each run. */
function pricesOf(seed: number): Map<string, number> {
  const price = (index: number) => ((index * 7_919 * seed) % 997) / 1_000;
  return new Map(Array.from({ length: prefixes }, (_, index) => [`${10 + index * 13}`, price(index)]));
}

const prices = new Map(carriers.map((name, index) => [name, pricesOf(index + 3)]));

/** In decks that fit into a change of etcd. */
function decksOf(trunk: string): [string, object][] {
  const lines = Array.from(prices.get(trunk)!, ([prefix, price]) => `${prefix} ${price}`);
  return [0, 1, 2].map((part) => [
    `acme/${trunk}-${part}`,
    { trunk, prices: lines.slice(part * 20_000, (part + 1) * 20_000).join('\n') },
  ]);
}

const rig = new Rig(
  sampleSnapshot(
    {},
    {},
    {
      Trunk: Object.fromEntries(
        carriers.map((name) => [`acme/${name}`, { contacts: [`sip:${name}.example`] }]),
      ),
      Route: { 'acme/cheap': { match: { prefix: '+' }, choose: 'cost', trunks: carriers } },
      Deck: Object.fromEntries(carriers.flatMap(decksOf)),
    },
  ),
);

/** The price of the longest prefix, looked for in the slowest way. */
function priceOf(carrier: string, number: string): number | undefined {
  for (let length = number.length; length > 1; length--) {
    const price = prices.get(carrier)!.get(number.slice(1, length));
    if (price !== undefined) return price;
  }
  return undefined;
}

function cheapest(number: string, up: readonly string[]): string[] {
  return up
    .map((name) => [name, priceOf(name, number)] as const)
    .filter((each): each is [string, number] => each[1] !== undefined)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
}

it('KA-13: 200 numbers choose the cheapest of 3 carriers that is up, of 50,000 prefixes each', async () => {
  const seen = new Set<string>();
  for (let index = 0; index < 200; index++) {
    const number = `+${10 + ((index * 104_729) % prefixes) * 13}${1_000 + index}`;
    const down = carriers[index % 4];
    const decided = await rig.call(`sip:${number}@acme.example`);
    const verdict = withoutDeadContacts(decided, { isDown: ({ trunk }) => trunk === down });
    const { groups } = decisionOf(verdict, 'relay');
    const tried = groups.map(({ targets }) => targets[0]!.identity!.trunk);
    const up = carriers.filter((name) => name !== down);
    expect([number, tried]).toEqual([number, cheapest(number, up)]);
    seen.add(tried[0]!);
  }
  expect([...seen].sort()).toEqual([...carriers].sort());
});
