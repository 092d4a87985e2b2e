import { expect, it } from 'vitest';
import { problemsOf } from './sample.ts';

const destination = { user: '1001' };

it('finds two numbers that are one in the dial plan', async () => {
  expect(
    await problemsOf({
      'Number/acme/+34911222333': { aliases: ['911222333'], destination },
      'Number/acme/main': { aliases: ['0034911222333'], destination },
    }),
  ).toEqual([
    'Number/main spec.aliases[0]: 0034911222333 is +34911222333, as is +34911222333 of Number/+34911222333 at all.yaml:46',
  ]);
});

it.each([
  [
    { destination: { trunk: 'carier' } },
    'destination.trunk: carier is no trunk of the tenant, nearest: carrier',
  ],
  [
    { destination: { uri: 'sip:1001@ACME.example' } },
    'destination.uri: acme.example is served here: name the user',
  ],
  [{ destination: { uri: 'tel:+34911' } }, 'destination.uri: must be a SIP URI'],
  [
    { destination: { user: '1001', trunk: 'carrier' } },
    'destination: must hold exactly one of user, uri, trunk',
  ],
  [{ destination: { user: '1001', number: '1' } }, 'destination.number: goes with trunk only'],
  [
    { destination, rules: [{ when: { during: 'ofice' }, destination }] },
    'rules[0].when.during: ofice is no schedule of the tenant, nearest: office',
  ],
  [
    { destination, rules: [{ when: {}, destination: { user: '1002' } }] },
    'rules[0].destination.user: 1002 is no user of the tenant, nearest: 1001',
  ],
  [
    { destination, otherwise: [destination, { user: '1002' }] },
    'otherwise[1].user: 1002 is no user of the tenant, nearest: 1001',
  ],
  [
    { destination, rules: [{ when: {}, destination, otherwise: [{ trunk: 'x' }] }] },
    'rules[0].otherwise[0].trunk: x is no trunk of the tenant',
  ],
  [
    { destination, rules: [{ when: { trunk: 'x' }, destination }] },
    'rules[0].when.trunk: x is no trunk of the tenant',
  ],
])('W-28: names what is wrong with %j', async (spec, problem) => {
  expect(await problemsOf({ 'Number/acme/1': spec })).toEqual([`Number/1 spec.${problem}`]);
});

it('finds a trunk that nobody can call', async () => {
  const [problem] = await problemsOf({ 'Number/acme/1': { destination: { trunk: 'inbound' } } });
  expect(problem).toMatch(/^Number\/1 spec\.destination\.trunk: Trunk\/inbound at .* has no contacts$/);
});

it('finds a route by a schedule that is not there', async () => {
  const match = { prefix: '+', outside: 'night' };
  expect(await problemsOf({ 'Route/acme/all': { match, trunks: ['carrier'] } })).toEqual([
    'Route/all spec.match.outside: night is no schedule of the tenant',
  ]);
});
