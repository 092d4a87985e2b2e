import { describe, expect, it } from 'vitest';
import { decisionOf, findingsOf, outcomeOf, Rig, sampleSnapshot } from './sample.ts';

const trunks = {
  'acme/near': {
    contacts: ['sip:192.0.2.50:5070;transport=tcp'],
    endpoint: { fromDomain: 'acme.carrier.example', outboundProxy: 'sip:192.0.2.60;lr' },
  },
  'acme/far': { contacts: ['sip:far-1.example', 'sip:far-2.example'], endpoint: { trusted: true } },
  'acme/off': { contacts: ['sip:off.example'], enabled: false },
  'other/theirs': { contacts: ['sip:theirs.example'] },
};

const routes = {
  'acme/spain': { match: { prefix: '+34' }, trunks: ['near', 'off', 'far'] },
  'acme/mobile': { match: { prefix: '+346' }, trunks: ['far'] },
  'acme/short': { match: { pattern: '^[0-9]{3}$' }, trunks: ['near'], priority: 50 },
  'acme/dead': { match: { prefix: '900' }, trunks: ['off'] },
  'other/all': { match: { prefix: '' }, trunks: ['theirs'] },
};

function rigWith(): Rig {
  const users = { 'acme/1001': { callerId: '+34910000000', displayName: 'Alice "A"' } };
  return new Rig(sampleSnapshot({}, users, { Trunk: trunks, Route: routes }));
}

describe('a number that nobody here has', () => {
  it('goes to the trunks of the route that matches, one after the other', async () => {
    const verdict = await rigWith().call('sip:+34911222333@acme.example');
    const { callee, groups, media } = decisionOf(verdict, 'relay');
    expect(groups.map(({ targets }) => targets.map(({ uri, route }) => [uri, ...route]))).toEqual([
      [['sip:+34911222333@192.0.2.50:5070;transport=tcp', '<sip:192.0.2.60;lr>']],
      [['sip:+34911222333@far-1.example']],
      [['sip:+34911222333@far-2.example']],
    ]);
    expect(callee).toBe('sip:+34911222333@192.0.2.50:5070;transport=tcp');
    expect(media?.anchor).toBe(true);
    expect(groups[0]!.targets[0]!.identity).toEqual({ tenant: 'acme', user: '', trunk: 'near' });
    expect(findingsOf(verdict).slice(2, -2)).toEqual([
      'domain: acme.example belongs to tenant acme',
      'route: short: +34911222333 does not match ^[0-9]{3}$',
      'route: mobile: +34911222333 does not begin with +346',
      'route: dead: +34911222333 does not begin with 900',
      'route: spain: +34911222333 begins with +34, by near, then off (disabled), then far',
    ]);
  });

  it.each([
    ['sip:+34600111222@acme.example', 'sip:+34600111222@far-1.example'],
    ['sip:112@acme.example', 'sip:112@192.0.2.50:5070;transport=tcp'],
    ['tel:+34-600-111-222', 'sip:+34600111222@far-1.example'],
  ])('%s is called as %s', async (requestUri, uri) => {
    const { groups } = decisionOf(await rigWith().call(requestUri), 'relay');
    expect(groups[0]!.targets[0]!.uri).toBe(uri);
  });

  it.each([
    ['sip:+1555@acme.example', '404 user-unknown'],
    ['sip:900@acme.net', 'relay'],
    ['sip:900123@acme.example', '503 trunk-unusable'],
    // The routes of another tenant are on that one's bill.
    ['sip:+34600111222@other.example', '404 user-unknown'],
  ])('%s: %s', async (requestUri, outcome) => {
    expect(outcomeOf(await rigWith().call(requestUri))).toBe(outcome);
  });
});

describe('what a trunk is shown', () => {
  const privacy = (value: string) => ({ headers: [{ name: 'Privacy', value }] });

  async function shown(requestUri: string, overrides = {}) {
    const { groups } = decisionOf(await rigWith().call(requestUri, overrides), 'relay');
    const { edits, ...rest } = groups[0]!.targets[0]!.outside!;
    return { ...rest, edits: new Map(edits.map(({ name, value }) => [name, value])) };
  }
  const untrusted = 'sip:+34911@acme.example';
  const trusted = 'sip:+346@acme.example';
  const identity = '"Alice \\"A\\"" <sip:+34910000000@acme.carrier.example>';

  it('is the proven number of the caller, whatever the phone says', async () => {
    const { edits, from, hidden, to, trusted } = await shown(untrusted, {
      headers: [{ name: 'P-Asserted-Identity', value: '<sip:+1900@x>' }],
    });
    expect({ from, hidden, to, trusted }).toEqual({
      from: identity,
      hidden: true,
      to: '<sip:+34911@192.0.2.50:5070>',
      trusted: false,
    });
    expect(edits.get('P-Asserted-Identity')).toBe(identity);
    for (const name of ['P-Preferred-Identity', 'Remote-Party-ID', 'Diversion', 'Proxy-Authorization']) {
      expect(edits.has(name) && edits.get(name) === undefined).toBe(true);
    }
  });

  it.each([
    ['id', { from: identity, identity: undefined, privacy: 'id' }],
    ['id;critical', { from: identity, identity: undefined, privacy: 'id' }],
    ['user', { from: '"Anonymous" <sip:anonymous@anonymous.invalid>', identity, privacy: undefined }],
    ['none', { from: identity, identity, privacy: 'untouched' }],
    ['header', { from: identity, identity, privacy: undefined }],
  ])('untrusted, with Privacy: %s', async (value, expected) => {
    const { edits, from } = await shown(untrusted, privacy(value));
    expect({
      from,
      identity: edits.get('P-Asserted-Identity'),
      privacy: edits.has('Privacy') ? edits.get('Privacy') : 'untouched',
    }).toEqual(expected);
  });

  it('trusted, is the identity with the wish for privacy', async () => {
    const { edits, from, hidden } = await shown(trusted, privacy('user;id'));
    expect(hidden).toBe(false);
    expect(from).toContain('<sip:+34910000000@acme.example>');
    expect(edits.get('P-Asserted-Identity')).toContain('<sip:+34910000000@acme.example>');
    expect(edits.has('Privacy')).toBe(false);
  });

  it('stays anonymous when the phone is', async () => {
    const { from } = await shown(trusted, { from: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1' });
    expect(from).toBe('"Anonymous" <sip:anonymous@anonymous.invalid>');
  });

  it('is nothing when a privacy that nobody has is critical', async () => {
    const verdict = await rigWith().call(untrusted, privacy('id; invisible; critical'));
    expect(outcomeOf(verdict)).toBe('500 privacy-unavailable');
    expect(findingsOf(verdict).at(-1)).toBe('policy: Privacy: invisible cannot be had');
    expect(outcomeOf(await rigWith().call(untrusted, privacy('id; invisible')))).toBe('relay');
  });
});
