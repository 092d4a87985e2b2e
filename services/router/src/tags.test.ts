import type { router } from '@tandem/contract';
import { describe, expect, it } from 'vitest';
import { decisionOf, findingsOf, Rig, sampleRequest, sampleSnapshot } from './sample.ts';

const carrier = '203.0.113.9';
const trunk = { contacts: ['sip:carrier.example'], identify: { sources: [carrier] } };

interface Specs {
  readonly tenant?: object;
  readonly users?: Record<string, object>;
  readonly trunk?: object;
  readonly number?: object;
  readonly route?: object;
}

function rigWith({ tenant = {}, users = {}, ...specs }: Specs): Rig {
  const tenants = { acme: { domains: ['acme.example'], ...tenant } };
  const named = Object.fromEntries(Object.entries(users).map(([name, spec]) => [`acme/${name}`, spec]));
  return new Rig(
    sampleSnapshot(tenants, named, {
      Trunk: { 'acme/carrier': { ...trunk, ...specs.trunk } },
      Number: { 'acme/+34911': { destination: { user: '1002' }, ...specs.number } },
      Route: { 'acme/all': { match: { prefix: '+' }, trunks: ['carrier'], ...specs.route } },
    }),
  );
}

function fromCarrier(headers: router.HeaderField[] = [], method = 'INVITE'): router.Request {
  return sampleRequest({
    method,
    headers,
    requestUri: 'sip:+34911@127.0.0.1:5060',
    from: '<sip:+34600000000@carrier.example>;tag=1',
    flow: { transport: 'udp', host: carrier, port: 5060, edge: 'edge-1', localPort: 5060, connection: 0 },
  });
}

/** What the first target gets of headers besides those that all get; null where one is removed. */
function editsOf({ groups }: router.Relay): Record<string, string | null> {
  const { edits, outside } = groups[0]!.targets[0]!;
  return Object.fromEntries(
    [...(outside?.edits ?? []), ...edits].map(({ name, value = null }) => [name, value]),
  );
}

describe('tags of a call', () => {
  it('AS-23: are those of the caller, under those of the route, and go to the trunk as headers and back', async () => {
    const rig = rigWith({
      users: { 1001: { tags: { customer: '7', desk: 'a' }, tagHeaders: { camp: 'X-Camp', none: 'X-None' } } },
      trunk: { tagHeaders: { customer: 'X-Customer', camp: 'X-Camp', none: 'X-None' } },
      route: { tags: { camp: 'spring', desk: 'b' } },
    });
    const forged = [{ name: 'X-None', value: 'forged' }];
    const verdict = await rig.call('sip:+34600@acme.example', { headers: forged });
    const relay = decisionOf(verdict, 'relay');
    expect(relay.tags).toEqual({ customer: '7', desk: 'b', camp: 'spring' });
    expect(relay.responseHeaders).toEqual([{ name: 'X-Camp', value: 'spring' }]);
    expect(editsOf(relay)).toMatchObject({ 'X-Customer': '7', 'X-Camp': 'spring', 'X-None': null });
    expect(findingsOf(verdict)).toContain('policy: tags: customer=7, desk=b, camp=spring');
  });

  it('AS-23: come from headers of a trunk that is trusted, unless they could be more than a tag', async () => {
    const rig = rigWith({
      users: { 1002: { tagHeaders: { customer: 'X-Who' } } },
      trunk: {
        endpoint: { trusted: true },
        tags: { customer: 'nobody', region: 'eu' },
        tagsFrom: { customer: 'X-Customer', other: 'X-Other' },
      },
      number: { tags: { line: 'sales' } },
    });
    await rig.register('1002');
    const said = [
      { name: 'x-customer', value: '12' },
      { name: 'X-Other', value: 'a\r\nX-Evil: 1' },
    ];
    const verdict = await rig.router.decide(fromCarrier(said));
    const relay = decisionOf(verdict, 'relay');
    expect(relay.tags).toEqual({ customer: '12', region: 'eu', line: 'sales' });
    expect(editsOf(relay)).toEqual({ 'X-Who': '12' });
    expect(findingsOf(verdict)).toContain('policy: tag other is not taken from X-Other: its value is unsafe');
    const { tags } = decisionOf(await rig.router.decide(fromCarrier(said, 'MESSAGE')), 'relay');
    expect(tags).toEqual({});
  });

  it('are none where nobody has any, and no header is touched for them', async () => {
    const rig = rigWith({});
    await rig.register('1002');
    const verdict = await rig.call('sip:1002@acme.example');
    const { tags, responseHeaders, groups } = decisionOf(verdict, 'relay');
    expect([tags, responseHeaders, groups[0]!.targets[0]!.edits]).toEqual([{}, [], []]);
    expect(findingsOf(verdict).join()).not.toContain('tags');
  });
});

describe('a phone that is called', () => {
  async function alertOf(rig: Rig, request?: router.Request): Promise<string | null | undefined> {
    await rig.register('1002');
    const verdict = request ? await rig.router.decide(request) : await rig.call('sip:1002@acme.example');
    return editsOf(decisionOf(verdict, 'relay'))['Alert-Info'];
  }

  it.each([
    ['urn', '<urn:alert:source:external>', '<urn:alert:source:internal>'],
    ['info', '<http://127.0.0.1>;info=alert-external', '<http://127.0.0.1>;info=alert-internal'],
    ['bellcore', '<http://127.0.0.1/Bellcore-dr2>', '<http://127.0.0.1/Bellcore-dr1>'],
  ])(
    'AS-21: hears by the profile %s whether a call comes from outside',
    async (profile, external, internal) => {
      const rig = rigWith({ tenant: { alertInfo: { profile } } });
      expect([await alertOf(rig, fromCarrier()), await alertOf(rig)]).toEqual([external, internal]);
    },
  );

  it('AS-21: hears what its user says, before the tenant, and what the number says before both', async () => {
    const tenant = { alertInfo: { profile: 'urn', internal: '<urn:x>' } };
    const users = { 1002: { alertInfo: { external: 'Bellcore-dr4' } } };
    const rig = rigWith({ tenant, users });
    expect([await alertOf(rig, fromCarrier()), await alertOf(rig)]).toEqual(['Bellcore-dr4', '<urn:x>']);
    const sales = rigWith({ tenant, users, number: { alertInfo: '<urn:alert:service:sales>' } });
    expect(await alertOf(sales, fromCarrier())).toBe('<urn:alert:service:sales>');
    expect(await alertOf(rigWith({}))).toBeUndefined();
    expect(await alertOf(rig, fromCarrier([], 'MESSAGE'))).toBeUndefined();
  });

  it('gets its own when a number rings at several, one after the other', async () => {
    const number = { otherwise: [{ user: '1001' }, { trunk: 'carrier' }], tags: { line: 'sales' } };
    const users = {
      1001: { headers: [{ name: 'X-Desk', value: '1' }] },
      1002: { alertInfo: { profile: 'bellcore' }, tagHeaders: { line: 'X-Line' } },
    };
    const rig = rigWith({ users, number, trunk: { tagHeaders: { line: 'X-From' } } });
    await rig.register('1001');
    await rig.register('1002');
    const { groups, tags } = decisionOf(await rig.router.decide(fromCarrier()), 'relay');
    const edits = groups.map(({ targets: [target] }) =>
      [...(target!.outside?.edits ?? []), ...target!.edits].map(({ name, value }) => `${name}: ${value}`),
    );
    expect(edits.slice(0, 2)).toEqual([
      ['X-Line: sales', 'Alert-Info: <http://127.0.0.1/Bellcore-dr2>'],
      ['X-Desk: 1'],
    ]);
    expect(edits[2]).toContain('X-From: sales');
    expect(tags).toEqual({ line: 'sales' });
  });

  it('AS-22: gets headers set, renamed and removed, and nothing unsafe', async () => {
    const headerRules = { rename: { 'X-Inside': 'X-Shown', 'X-Bad': 'X-Evil' }, remove: ['Subject'] };
    const rig = rigWith({ users: { 1002: { headerRules, headers: [{ name: 'X-Desk', value: '7' }] } } });
    await rig.register('1002');
    const headers = [
      { name: 'X-Inside', value: 'a' },
      { name: 'X-Bad', value: 'a\r\nb' },
    ];
    const verdict = await rig.call('sip:1002@acme.example', { headers });
    expect(editsOf(decisionOf(verdict, 'relay'))).toEqual({
      ...{ Subject: null, 'X-Inside': null, 'X-Bad': null },
      ...{ 'X-Shown': 'a', 'X-Desk': '7' },
    });
    expect(findingsOf(verdict)).toContain('policy: X-Bad is not passed on to user 1002: its value is unsafe');
  });
});
