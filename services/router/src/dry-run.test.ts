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
});
