import { describe, expect, it } from 'vitest';
import { decisionOf, findingsOf, outcomeOf, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

const carrier = '203.0.113.9';
const day = Date.parse('2026-11-20T12:00:00Z');
const night = Date.parse('2026-11-20T22:00:00Z');

const Schedule = {
  'acme/office': { timezone: 'Europe/Madrid', open: [{ from: '09:00', to: '18:00' }] },
};

function rigWith(number: object, trunk: object = {}): Rig {
  return new Rig(
    sampleSnapshot(
      {},
      {},
      {
        Trunk: {
          'acme/carrier': { identify: { sources: [carrier] }, ...trunk },
          'acme/pbx': { contacts: ['sip:192.0.2.80'], numbering: { format: 'digits' } },
        },
        Number: { 'acme/+34911': number },
        Schedule,
      },
    ),
  );
}

function call(rig: Rig, overrides = {}) {
  return rig.router.decide(
    sampleRequest({
      flow: { transport: 'udp', host: carrier, port: 5060, edge: 'edge-1', localPort: 5060, connection: 0 },
      requestUri: 'sip:+34911@127.0.0.1:5060',
      from: '<sip:+34600000000@carrier.example>;tag=1',
      ...overrides,
    }),
  );
}

async function rung(rig: Rig, overrides = {}): Promise<string | undefined> {
  const verdict = await call(rig, overrides);
  if (outcomeOf(verdict) !== 'relay') return outcomeOf(verdict);
  return decisionOf(verdict, 'relay').groups[0]!.targets[0]!.identity?.user;
}

const rules = (when: object) => ({
  rules: [{ when, destination: { user: '1001' } }],
  destination: { user: '1002' },
});

async function office(number: object, trunk = {}): Promise<Rig> {
  const rig = rigWith(number, trunk);
  await Promise.all(['1001', '1002'].map((user) => rig.register(user)));
  return rig;
}

describe('the destination of a number', () => {
  it('FP-04: depends on who calls', async () => {
    const rig = await office(rules({ callers: [{ prefix: '+346' }, { pattern: '^\\+351' }] }));
    expect(await rung(rig)).toBe('1001');
    expect(await rung(rig, { from: '<tel:+351200300400>;tag=1' })).toBe('1001');
    expect(await rung(rig, { from: '<sip:+34911000000@carrier.example>;tag=1' })).toBe('1002');
    expect(await rung(rig, { from: '<sip:anonymous@anonymous.invalid>;tag=1' })).toBe('1002');
  });

  it('FP-04: depends on the number that a trunk asserts, where it is believed', async () => {
    const headers = [{ name: 'P-Asserted-Identity', value: '<sip:+34699@x>, <tel:+34911>' }];
    const from = '<sip:anonymous@anonymous.invalid>;tag=1';
    const number = rules({ callers: [{ prefix: '+346' }] });
    expect(await rung(await office(number), { headers, from })).toBe('1002');
    expect(await rung(await office(number, { endpoint: { trusted: true } }), { headers, from })).toBe('1001');
  });

  it('FP-03: depends on the time', async () => {
    const rig = await office(rules({ during: 'office' }));
    rig.now = day;
    await Promise.all(['1001', '1002'].map((user) => rig.register(user)));
    expect(await rung(rig)).toBe('1001');
    rig.now = night;
    await Promise.all(['1001', '1002'].map((user) => rig.register(user)));
    expect(await rung(rig)).toBe('1002');
    expect(findingsOf(await call(rig))).toContain(
      'number: rule 1 of +34911 does not: office is closed (fri 2026-11-20 23:00 Europe/Madrid)',
    );
  });

  it('FU-47: depends on several conditions, all of one rule or one of several', async () => {
    const both = await office(rules({ trunk: 'carrier', callers: [{ prefix: '+346' }], outside: 'office' }));
    both.now = night;
    await Promise.all(['1001', '1002'].map((user) => both.register(user)));
    expect(await rung(both)).toBe('1001');
    expect(await rung(both, { from: '<sip:+34911@x>;tag=1' })).toBe('1002');
    const either = await office({
      rules: [
        { when: { trunk: 'pbx' }, destination: { user: 'my-name' } },
        { when: { callers: [{ prefix: '+346' }] }, destination: { user: '1001' } },
      ],
      destination: { user: '1002' },
    });
    expect(await rung(either)).toBe('1001');
    expect(findingsOf(await call(either)).slice(2, 5)).toEqual([
      'number: rule 1 of +34911 does not: the trunk is carrier, not pbx',
      'number: rule 2 of +34911 holds',
      'number: goes to user 1001',
    ]);
  });

  it('FU-46: is a URI elsewhere', async () => {
    const { callee, groups } = decisionOf(
      await call(rigWith({ destination: { uri: 'sip:desk@other.domain.example' } })),
      'relay',
    );
    expect([callee, groups[0]!.targets[0]!.uri]).toEqual(Array(2).fill('sip:desk@other.domain.example'));
  });

  it.each([
    [{ trunk: 'pbx' }, 'sip:34911@192.0.2.80'],
    [{ trunk: 'pbx', number: '200' }, 'sip:200@192.0.2.80'],
  ])('FU-46: is another trunk, %j', async (destination, uri) => {
    const { groups } = decisionOf(await call(rigWith({ destination })), 'relay');
    const [target] = groups[0]!.targets;
    expect(target).toMatchObject({ uri, identity: { tenant: 'acme', trunk: 'pbx' } });
    // Who has only claimed a number is not vouched for.
    const asserted = target!.outside!.edits.find(({ name }) => name === 'P-Asserted-Identity');
    expect(asserted).toEqual({ name: 'P-Asserted-Identity' });
  });
});
