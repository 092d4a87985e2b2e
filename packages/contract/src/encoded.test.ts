import { expect, it } from 'vitest';
import { encoded } from './encoded.ts';
import { Sighting } from './gen/tandem/trunk/v1/trunk.ts';
import { trunk } from './index.ts';

const sighting = { ...Sighting.decode(new Uint8Array()), tenant: 'acme', trunk: 'carrier' };

it('writes what the generated code writes', () => {
  expect(encoded(trunk.Sighting, sighting)).toEqual(Sighting.encode(sighting).finish());
});

it('leaves alone what it has written before', () => {
  const first = encoded(trunk.Sighting, sighting);
  encoded(trunk.Sighting, { ...sighting, trunk: 'x'.repeat(10_000) });
  expect(Sighting.decode(first)).toEqual(sighting);
});

it('writes the next message whole after one that could not be written', () => {
  const broken = {
    ...sighting,
    get method(): string {
      throw new Error('no method');
    },
  };
  expect(() => encoded(trunk.Sighting, broken)).toThrow('no method');
  expect(Sighting.decode(encoded(trunk.Sighting, sighting))).toEqual(sighting);
});
