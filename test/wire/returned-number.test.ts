import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { domain } from './acme.ts';
import { it } from './fixture.ts';
import { sdp } from './phone.ts';
import { answered, callPast, hangUp, outside } from './tales.ts';
import { address, type Tiers } from './tiers.ts';

const describe = needs('namespace');

const here = address(11);
const number = `sip:+34600111222@${domain}`;
const own = '+34911000001';

/** A call to the carrier, which answers with these headers; returns what was published of that. */
async function published(start: (changes: object) => Promise<Tiers>, headers: object) {
  const callerId = { callerId: own };
  const carrier = { contacts: [`sip:${outside}`], endpoint: { fromDomain: 'acme.carrier.example' } };
  const more = { Trunk: { carrier }, Route: { all: { match: { prefix: '+' }, trunks: ['carrier'] } } };
  const users = [{ name: 'boss', password: 'secret-of-boss', ...callerId }];
  const tiers = await start({ users, more });
  await tiers.edge('edge-1', here);
  const peer = await tiers.outside(outside, here);
  const phone = await tiers.phone(here, 'udp', { user: 'boss', domain, password: 'secret-of-boss' });
  const invite = await callPast(phone, number);
  const { theirs } = await answered(invite, phone, peer, { headers: { ...sdp, ...headers } });
  await hangUp(theirs, phone);
  const kinds = new Map<string, unknown>();
  while (!kinds.has('callEnded')) {
    const { kind } = await tiers.events.take('an event', () => true);
    kinds.set(kind!.$case, kind!.value);
  }
  return kinds;
}

describe('the number that a provider returns (W-24)', () => {
  it.for([
    ['P-Asserted-Identity', '<sip:+34919999999@carrier.example>'],
    ['Remote-Party-ID', '<sip:919999999@carrier.example>;party=calling'],
  ] as const)(
    'is told with the one that was sent when it is another one: %s',
    async ([header, value], { tiers }) => {
      const kinds = await published(tiers, { [header]: value });
      const returned = /sip:([+0-9]+)@/.exec(value)![1];
      expect(kinds.get('callAnswered')).toMatchObject({
        returned: { sent: own, returned, header, replaced: true },
      });
      expect(kinds.get('callDegraded')).toMatchObject({
        diagnosis: {
          layer: 'policy',
          object: { kind: 'Trunk', tenant: 'acme', name: 'carrier', field: 'callerId' },
          code: 'caller-id-replaced',
          status: 200,
          evidence: [`sent: ${own}`, `returned: ${returned}`, expect.stringContaining(header)],
        },
      });
    },
  );

  it('is no matter when it is the same, or the one that was called', async ({ tiers }) => {
    const kinds = await published(tiers, { 'P-Asserted-Identity': '<sip:600111222@carrier.example>' });
    expect(kinds.get('callAnswered')).toMatchObject({ returned: { returned: '600111222', replaced: false } });
    expect(kinds.has('callDegraded')).toBe(false);
  });
});
