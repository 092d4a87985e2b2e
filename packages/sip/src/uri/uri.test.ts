import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { isWellFormedUri, parseUri, schemeOf } from './uri.ts';

describe('schemes', () => {
  it.each([
    ['sip:a', 'sip'],
    ['SIPS:a', 'sips'],
    ['soap.beep://a', 'soap.beep'],
    ['urn:a', 'urn'],
    ['a', undefined],
    [':a', undefined],
    ['1a:b', undefined],
    [' sip:a', undefined],
    ['s p:a', undefined],
    ['<sip:a>', undefined],
    ['__proto__:a', undefined],
  ])('of %j is %s', (text, scheme) => {
    expect(schemeOf(text)).toBe(scheme);
  });
});

describe('URIs of known schemes', () => {
  it.each(['sip', 'sips', 'tel'])('%s, in any case', (scheme) => {
    expect(parseUri(`${scheme}:123`)?.scheme).toBe(scheme);
    expect(parseUri(`${scheme.toUpperCase()}:123`)?.scheme).toBe(scheme);
  });

  it.each(['', 'sip', 'sip:', 'tel:', 'http://a', 'sipa:b', 'sip :a', ' sip:a'])('not %j', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  it('not over the cap', () => {
    const uri = (length: number): string => `sip:${'a'.repeat(length - 4)}`;
    expect(parseUri(uri(limits.uriOctets))).toBeDefined();
    expect(parseUri(uri(limits.uriOctets + 1))).toBeUndefined();
  });
});

describe('well-formed', () => {
  it.each([
    ['sip:a@b.example', true],
    ['sip:@', false],
    ['SIP:@', false],
    ['tel:x', false],
    ['http://a/b?c#d', true],
    ['isbn:2983792873', true],
    ['urn:', true],
    ['a', false],
    ['http://a b', false],
    ['http://<a>', false],
    ['http://"a"', false],
    ['http://\xfc', false],
    ['http://a\0', false],
    [`x:${'a'.repeat(limits.uriOctets)}`, false],
  ])('%j: %s', (text, wellFormed) => {
    expect(isWellFormedUri(text)).toBe(wellFormed);
  });
});
