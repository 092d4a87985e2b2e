import type { router } from '@tandem/contract';
import { it } from 'vitest';
import { connection, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

const prefixes = 50_000;
const names = ['a', 'b', 'c', 'd'];

/** Prices of as many prefixes, in decks that fit into a change of etcd, others for each trunk. */
function decks(trunk: string, seed: number): [string, object][] {
  const lines = Array.from(
    { length: prefixes },
    (_, index) => `${100_000 + index * 17} ${(index * seed) % 97}.5`,
  );
  return [0, 1, 2].map((part) => [
    `acme/${trunk}-${part}`,
    { trunk, prices: lines.slice(part * 20_000, (part + 1) * 20_000).join('\n') },
  ]);
}

const rig = new Rig(
  sampleSnapshot(
    { acme: { domains: ['acme.example'], dialPlan: { countryCode: '34', nationalLengths: [9] } } },
    {},
    {
      Trunk: Object.fromEntries(names.map((name) => [`acme/${name}`, { contacts: [`sip:${name}.example`] }])),
      Route: { 'acme/cheap': { match: { prefix: '+' }, choose: 'cost', trunks: names } },
      Deck: Object.fromEntries(names.flatMap((name, index) => decks(name, index + 7))),
    },
  ),
);

let turn = 0;

function call(): router.Request {
  const number = `+${100_000 + (turn % prefixes) * 17}${1_000_000 + turn++}`;
  const requestUri = `sip:${number}@acme.example`;
  return { ...sampleRequest({ requestUri, callId: `call-${turn}` }), flow: connection };
}

it(`decisions by cost: ${names.length} trunks with ${prefixes} prefixes each`, async ({ bench }) => {
  await bench.compare(
    bench('a call by the cheapest trunk', async () => {
      await rig.router.decide({ ...call(), vouched: { tenant: 'acme', user: '1001' } });
    }),
    bench('a call without a price', async () => {
      const request = { ...call(), requestUri: 'sip:+999@acme.example' };
      await rig.router.decide({ ...request, vouched: { tenant: 'acme', user: '1001' } });
    }),
  );
});
