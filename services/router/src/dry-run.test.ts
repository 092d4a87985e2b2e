import { describe, expect, it } from 'vitest';
import { dryRun } from './dry-run.ts';
import { findingsOf, outcomeOf, Rig, sampleSnapshot, start } from './sample.ts';

const snapshot = sampleSnapshot(
  { bare: { ownAddresses: true }, acme: { domains: ['acme.example'] } },
  { 'bare/7': {} },
);
const nobody = async () => new Map();

describe('a dry run', () => {
  const callers: [string, string][] = [
    ['alice', '1001 of acme'],
    ['1001@acme.example', '1001 of acme'],
    ['sip:alice@ACME.example', '1001 of acme'],
    ['1001@other.example', '1001 of other'],
    ['7@127.0.0.1', '7 of bare'],
    ['7', '7 of bare'],
  ];
  it.each(callers)('takes %s for the caller', async (from, expected) => {
    const verdict = await dryRun(snapshot, nobody, { from, to: 'x', ownHosts: ['127.0.0.1'] }, start);
    expect(findingsOf(verdict)[0]).toBe(`identity: ${expected}, taken as proven`);
  });

  const strangers: [string, string][] = [
    ['1001', '1001 is a user of acme, other'],
    ['9999', 'no tenant has a user 9999'],
    ['1oo1@acme.example', '1oo1 of acme, nearest: 1001'],
    ['1001@else.where', 'else.where is no domain of a tenant'],
    ['1003', '1003 of acme is disabled'],
    ['tel:+1555', 'tel:+1555 is no SIP URI'],
    ['sip:', 'sip: is no SIP URI'],
  ];
  it.each(strangers)('cannot take %s for a caller', async (from, detail) => {
    await expect(dryRun(snapshot, nobody, { from, to: '1002' }, start)).rejects.toThrow(
      `caller-unknown: ${detail}`,
    );
  });

  it.each(['1002', 'sales', '1002@acme.example', 'sip:1002@acme.example', 'tel:1002'])(
    'calls %s',
    async (to) => {
      const rig = new Rig();
      await rig.register('1002');
      const lookup = (aors: readonly string[]) => rig.location.lookup(aors, start);
      const verdict = await dryRun(rig.snapshot, lookup, { from: 'alice', to }, start);
      expect(outcomeOf(verdict)).toBe('relay');
    },
  );

  it('says the same as a call', async () => {
    const rig = new Rig();
    await rig.register('1002', { contacts: ['<sip:a>', '<sip:b>;q=0.5'] });
    const lookup = (aors: readonly string[]) => rig.location.lookup(aors, start);
    const dry = await dryRun(rig.snapshot, lookup, { from: 'alice', to: 'sales' }, start);
    const call = await rig.call('sip:sales@acme.example');
    expect(dry.decision).toEqual(call.decision);
  });

  it.each(['requestUri', 'To', 'P-Called-Party-ID', 'registration'])(
    'from the address of a trunk is a call of that trunk, with the number in %s',
    async (didFrom) => {
      const identify = { sources: ['203.0.113.0/24'], line: '+34911' };
      const rig = new Rig(
        sampleSnapshot(
          {},
          {},
          {
            Trunk: { 'acme/carrier': { identify, endpoint: { didFrom } } },
            Number: { 'acme/+34911': { destination: { user: '1002' } } },
          },
        ),
      );
      await rig.register('1002');
      const lookup = (aors: readonly string[]) => rig.location.lookup(aors, start);
      const run = { from: '+34600111222', to: '+34911', source: '203.0.113.9', ownHosts: ['127.0.0.1'] };
      const verdict = await dryRun(rig.snapshot, lookup, run, start);
      expect(outcomeOf(verdict)).toBe('relay');
      expect(findingsOf(verdict)[0]).toBe('identity: trunk carrier of acme, by source 203.0.113.9');
      const unknown = dryRun(rig.snapshot, lookup, { ...run, source: '192.0.2.1' }, start);
      await expect(unknown).rejects.toThrow('no tenant has a user +34600111222');
    },
  );
});

describe('the explanation of a dry run', () => {
  const explained = sampleSnapshot(
    {},
    {},
    {
      Trunk: { 'acme/near': { contacts: ['sip:near.example'] } },
      Route: {
        'acme/first': { match: { prefix: '+1' }, trunks: ['near'], priority: 1 },
        'acme/mobile': { match: { prefix: '+346' }, trunks: ['near'] },
        'acme/spain': { match: { prefix: '+34' }, trunks: ['near'] },
        'acme/spain-too': { match: { prefix: '+346' }, trunks: ['near'] },
        'acme/six': { match: { pattern: '6$' }, trunks: ['near'], priority: 200 },
        'acme/last': { match: { prefix: '' }, trunks: ['near'], priority: 300 },
      },
    },
  );

  it('KA-46, FU-45: names each rule with the value seen, the winner, and why the others lost', async () => {
    const verdict = await dryRun(explained, nobody, { from: 'alice', to: '+34600' }, start);
    expect(findingsOf(verdict).slice(2, -2)).toEqual([
      'route: first: +34600 does not begin with +1',
      'route: mobile: +34600 begins with +346, by near',
      'route: spain-too: +34600 begins with +346, too, but mobile goes first by its name',
      'route: spain: +34600 begins with +34, too, but mobile has the longer prefix',
      'route: six: +34600 does not match 6$',
      'route: last: +34600 begins with anything, too, but mobile goes first by priority 100, not 300',
    ]);
  });

  it('KA-46: of a real call is shorter, and the same as far as it goes', async () => {
    const rig = new Rig(explained);
    const call = findingsOf(await rig.call('sip:+34600@acme.example'));
    expect(call.filter((finding) => finding.startsWith('route: '))).toEqual([
      'route: first: +34600 does not begin with +1',
      'route: mobile: +34600 begins with +346, by near',
    ]);
  });
});
