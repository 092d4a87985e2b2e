import { tokenKey } from '@tandem/platform';
import { describe, expect, it } from 'vitest';
import { maskCallId, maskContact, unmaskCallId, unmaskContact } from './mask.ts';

const key = tokenKey('the key of all edges');
const call = '0190a5b2-7c3d-7e4f-8a1b-2c3d4e5f6a7b';
const contact = 'sip:1001@10.0.0.5:5062;transport=tcp';

describe('the Contact of a party', () => {
  const masked = maskContact(key, call, contact, '192.0.2.1:5060;transport=tcp');

  it('is a URI of ours outside, and read again by any edge', () => {
    expect(masked).toMatch(/^sip:[\w-]+@192\.0\.2\.1:5060;transport=tcp$/);
    expect(masked).not.toContain('10.0.0.5');
    expect(unmaskContact(tokenKey('the key of all edges'), call, masked)).toBe(contact);
  });

  it.each([
    ['of another call', 'another', masked],
    ['that was changed', call, masked.replace(/^sip:./, (start) => (start === 'sip:A' ? 'sip:B' : 'sip:A'))],
    ['of nobody', call, 'sip:1001@192.0.2.1'],
    ['without a user', call, 'sip:192.0.2.1'],
    ['that is a number', call, 'tel:+34'],
    ['that is nothing', call, ''],
  ])('%s is none', (_, of, uri) => {
    expect(unmaskContact(key, of, uri)).toBeUndefined();
  });
});

describe('a Call-ID', () => {
  it.each(['1-23@10.0.0.5', 'a.b', '[::1]x', 'x:1'])('%s is sealed, always the same way', (callId) => {
    const masked = maskCallId(key, callId);
    expect(masked).toMatch(/^[\w-]+$/);
    expect(maskCallId(key, callId)).toBe(masked);
    expect(unmaskCallId(key, masked)).toBe(callId);
  });

  it('that has no address in it stays', () => {
    expect(maskCallId(key, '5f0e3c-77')).toBe('5f0e3c-77');
    expect(unmaskCallId(key, '5f0e3c-77')).toBe('5f0e3c-77');
  });
});
