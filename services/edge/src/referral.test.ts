import { tokenKey } from '@tandem/platform';
import { describe, expect, it } from 'vitest';
import { maskContact } from './mask.ts';
import { readReferral, writeReferral } from './referral.ts';

const key = tokenKey('the key of all edges');
const now = 1_800_000_000_000;
const referral = {
  uri: 'sip:1003@acme.example',
  replaces: '1@10.0.0.5;to-tag=a;from-tag=b',
  referrer: { tenant: 'acme', user: '1001', trunk: 'carrier' },
};
const user = writeReferral(key, referral, now);

describe('a URI for a transfer', () => {
  it('stands for who is meant, at any edge, for five minutes', () => {
    const uri = `sip:${user}@192.0.2.1:5060;transport=tcp`;
    expect(readReferral(key, uri, now)).toEqual(referral);
    expect(readReferral(key, uri, now + 300_000)).toEqual(referral);
    expect(readReferral(key, uri, now + 300_001)).toBeUndefined();
  });

  it('says nothing of who that is', () => {
    expect(user).toMatch(/^transfer\.[\w-]+$/);
    expect(Buffer.from(user.slice('transfer.'.length), 'base64url').toString('latin1')).not.toContain('1003');
  });

  it.each([
    ['of another cluster', `sip:${writeReferral(tokenKey('another key'), referral, now)}@x`],
    ['that was changed', `sip:${user.slice(0, -1)}${user.endsWith('A') ? 'B' : 'A'}@x`],
    ['that is a Contact of ours', maskContact(key, 'id', 'sip:1@x', 'x').replace('sip:', 'sip:transfer.')],
    ['that is a number', 'sip:transfer.1@x'],
  ])('is none %s', (_, uri) => {
    expect(readReferral(key, uri, now)).toBeUndefined();
  });
});
