import { describe, expect, it } from 'vitest';
import { decisionOf, findingsOf, outcomeOf, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

const carrier = '203.0.113.9';

function rigWith(number: object, { user = {}, tenant = {} }: { user?: object; tenant?: object } = {}): Rig {
  const Trunk = {
    'acme/carrier': { identify: { sources: [carrier] } },
    'acme/pbx': { contacts: ['sip:192.0.2.80', 'sip:192.0.2.81'], endpoint: { ringTimeout: 40 } },
  };
  const acme = { domains: ['acme.example'], ownAddresses: true, ...tenant };
  const more = { Trunk, Number: { 'acme/+34911': number } };
  return new Rig(sampleSnapshot({ acme }, { 'acme/1001': user }, more));
}

const call = (rig: Rig, overrides = {}) =>
  rig.router.decide(
    sampleRequest({
      flow: { transport: 'udp', host: carrier, port: 5060, edge: 'edge-1', localPort: 5060, connection: 0 },
      requestUri: 'sip:+34911@127.0.0.1:5060',
      from: '<sip:+34600000000@carrier.example>;tag=1',
      ...overrides,
    }),
  );

const register = (rig: Rig, ...users: string[]) => Promise.all(users.map((user) => rig.register(user)));

/** Who is rung together, and for how long: `1001 20`. */
async function rung(rig: Rig, verdict = call(rig)): Promise<string[]> {
  const { groups } = decisionOf(await verdict, 'relay');
  return groups.map(({ targets, ringTimeout }) => {
    const whom = targets.map(({ identity, uri }) => identity?.user || identity?.trunk || uri);
    return `${whom.join('+')} ${ringTimeout}`;
  });
}

const desk = {
  destination: { user: '1001', ringTimeout: 20 },
  otherwise: [{ user: '1002' }, { trunk: 'pbx', ringTimeout: 10 }, { uri: 'sip:desk@other.domain.example' }],
};

describe('AS-14: a number with several destinations', () => {
  it('is rung at each for its time, one after the other', async () => {
    const rig = rigWith(desk);
    await register(rig, '1001', '1002');
    expect(await rung(rig)).toEqual([
      '1001 20',
      '1002 60',
      'pbx 10',
      'pbx 10',
      'sip:desk@other.domain.example 60',
    ]);
    expect(findingsOf(await call(rig)).filter((finding) => finding.includes('goes to'))).toEqual([
      'number: goes to user 1001',
      'number: then goes to user 1002',
      'number: then goes to trunk pbx',
      'number: then goes to sip:desk@other.domain.example',
    ]);
  });

  it('has the time of the trunk where it says none', async () => {
    const rig = rigWith({ destination: { user: '1001' }, otherwise: [{ trunk: 'pbx' }] });
    await register(rig, '1001');
    expect(await rung(rig)).toEqual(['1001 60', 'pbx 40', 'pbx 40']);
  });

  it('is not rung where nobody is registered, and says so', async () => {
    const rig = rigWith({ destination: { user: '1001' }, otherwise: [{ user: '1003' }, { user: '1002' }] });
    await register(rig, '1002');
    expect(await rung(rig)).toEqual(['1002 60']);
    const findings = findingsOf(await call(rig));
    expect(findings).toContain('bindings: 1001 has no phone registered');
    expect(findings).toContain('number: 1003 is disabled');
  });

  it('is refused as at the first where nobody can be called', async () => {
    const rig = rigWith({ destination: { user: '1003' }, otherwise: [{ user: '1002' }] });
    const verdict = await call(rig);
    expect(outcomeOf(verdict)).toBe('404 user-disabled');
    expect(findingsOf(verdict).at(-1)).toBe('bindings: 1002 has no phone registered');
  });

  it('goes to the next where the first has as many calls as it may', async () => {
    const rig = rigWith(
      { destination: { user: '1001' }, otherwise: [{ user: '1002' }] },
      { user: { maxCalls: 1 } },
    );
    await register(rig, '1001', '1002');
    expect(await rung(rig, call(rig, { key: 'a' }))).toEqual(['1001 60', '1002 60']);
    const second = await call(rig, { key: 'b' });
    expect(await rung(rig, Promise.resolve(second))).toEqual(['1002 60']);
    expect(findingsOf(second).at(-1)).toBe('limits: 1001 is at its limit of calls, and left out');
    const alone = rigWith({ destination: { user: '1001' } }, { user: { maxCalls: 1 } });
    await register(alone, '1001');
    await call(alone, { key: 'a' });
    expect(outcomeOf(await call(alone, { key: 'b' }))).toBe('486 callee-limit-reached');
  });

  it('has those of its rule that holds', async () => {
    const when = { callers: [{ prefix: '+346' }] };
    const rig = rigWith({
      rules: [{ when, destination: { user: '1002', ringTimeout: 5 }, otherwise: [{ user: '1001' }] }],
      ...desk,
    });
    await register(rig, '1001', '1002');
    expect(await rung(rig)).toEqual(['1002 5', '1001 60']);
  });

  it('is written to at the first of them alone', async () => {
    const rig = rigWith(desk);
    await register(rig, '1001', '1002');
    expect(await rung(rig, call(rig, { method: 'MESSAGE' }))).toEqual(['1001 20']);
  });

  it('has media anchored where one of them needs it, with the shortest silence', async () => {
    const users = { 'acme/1001': { media: { anchor: 'never' } }, 'acme/1002': { media: { inactivity: 30 } } };
    const Trunk = { 'acme/carrier': { identify: { sources: [carrier] }, endpoint: { trusted: true } } };
    const way = { destination: { user: '1001' }, otherwise: [{ user: '1002' }] };
    const rig = new Rig(sampleSnapshot({}, users, { Trunk, Number: { 'acme/+34911': way } }));
    await register(rig, '1001', '1002');
    const { media } = decisionOf(await call(rig), 'relay');
    expect(media).toMatchObject({ anchor: true, inactivity: 30 });
  });
});

describe('a number that a user of its tenant calls', () => {
  it('TR-02: leads where it does from outside, and to no provider', async () => {
    const rig = rigWith(desk, { tenant: { dialPlan: { countryCode: '34' } } });
    await register(rig, '1001', '1002');
    for (const dialled of ['+34911', '0034911']) {
      expect((await rung(rig, rig.call(`sip:${dialled}@acme.example`))).slice(0, 2)).toEqual([
        '1001 20',
        '1002 60',
      ]);
    }
  });

  it('goes by the rules for who calls', async () => {
    const when = { callers: [{ prefix: '+3491' }] };
    const rig = rigWith(
      { rules: [{ when, destination: { user: '1002' } }], destination: { user: 'my-name' } },
      { user: { callerId: '+34910000000' } },
    );
    await register(rig, '1002', 'my-name');
    expect(await rung(rig, rig.call('sip:+34911@acme.example'))).toEqual(['1002 60']);
  });

  it('AS-14: goes before a user of that name where it is internal, so that calls to the user go on', async () => {
    const way = { destination: { user: '1002', ringTimeout: 20 }, otherwise: [{ user: 'my-name' }] };
    const Trunk = { 'acme/carrier': { identify: { sources: [carrier] } } };
    const number = { 'acme/1002': { ...way, internal: true } };
    const rig = new Rig(sampleSnapshot({}, {}, { Trunk, Number: number }));
    await register(rig, '1002', 'my-name');
    expect(await rung(rig, rig.call('sip:1002@acme.example'))).toEqual(['1002 20', 'my-name 60']);
    expect(outcomeOf(await call(rig, { requestUri: 'sip:1002@127.0.0.1' }))).toBe('404 number-unknown');
  });

  it('is none where one trunk only leads to it', async () => {
    const rig = rigWith({ ...desk, trunk: 'carrier' });
    expect(outcomeOf(await rig.call('sip:+34911@acme.example'))).toBe('404 user-unknown');
  });

  it('is none for users of other tenants, who would call at its expense', async () => {
    const rig = rigWith({ destination: { trunk: 'pbx' } });
    const vouched = { tenant: 'other', user: '1001' };
    const flow = {
      transport: 'tcp',
      host: '192.0.2.10',
      port: 40_000,
      edge: 'e',
      localPort: 5060,
      connection: 7,
    };
    const verdict = await rig.router.decide(
      sampleRequest({
        requestUri: 'sip:+34911@acme.example',
        from: '<sip:1001@other.example>;tag=1',
        vouched,
        flow,
      }),
    );
    expect(outcomeOf(verdict)).toBe('404 user-unknown');
  });
});
