import { describe, expect, it } from 'vitest';
import { sameUri } from './compare.ts';

/** Equality has no direction. */
function same(a: string, b: string): boolean {
  const result = sameUri(a, b);
  expect(sameUri(b, a)).toBe(result);
  return result;
}

describe('the examples of RFC 3261 §19.1.4', () => {
  it.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
  ])('%s is %s', (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['different user names', 'SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['can resolve to different ports', 'sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['can resolve to different transports', 'sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    [
      'can resolve to different port and transports',
      'sip:bob@biloxi.com',
      'sip:bob@biloxi.com:6000;transport=tcp',
    ],
    ['different header component', 'sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['even though that is what it resolves to', 'sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    // Equality is not transitive: both are equal to the one without the parameter.
    ['a parameter of both', 'sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ])('%s: %s is not %s', (_, a, b) => {
    expect(same(a, b)).toBe(false);
  });
});

describe('SIP URIs', () => {
  it.each([
    ['the scheme’s case', 'SIP:a@b.example', 'sip:a@b.example'],
    ['the case of an escape', 'sip:a%3bb@b.example', 'sip:a%3Bb@b.example'],
    ['an escape of what is not reserved', 'sip:%2Da:%70@b.example', 'sip:-a:p@b.example'],
    ['an escaped parameter', 'sip:b.example;%6C%72', 'sip:b.example;lr'],
    ['header names in any case', 'sip:b.example?Subject=a', 'sip:b.example?subject=a'],
    ['IPv6 however it is written (RFC 5954)', 'sip:[2001:DB8::1]', 'sip:[2001:db8:0:0:0:0:0:1]'],
  ])('equal: %s', (_, a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['sips', 'sips:a@b.example', 'sip:a@b.example'],
    ['no user', 'sip:b.example', 'sip:a@b.example'],
    ['the password’s case', 'sip:a:p@b.example', 'sip:a:P@b.example'],
    ['no password', 'sip:a@b.example', 'sip:a:p@b.example'],
    ['an escape of what is reserved', 'sip:a%3Bb@b.example', 'sip:a;b@b.example'],
    ['an escape of an escape', 'sip:a%2541@b.example', 'sip:a%41@b.example'],
    ['ttl on one side', 'sip:b.example', 'sip:b.example;ttl=1'],
    ['method on one side', 'sip:b.example', 'sip:b.example;method=INVITE'],
    ['maddr on one side', 'sip:b.example', 'sip:b.example;maddr=192.0.2.1'],
    ['user on one side', 'sip:b.example', 'sip:b.example;user=ip'],
    ['a header value’s case', 'sip:b.example?subject=a', 'sip:b.example?subject=A'],
    ['headers of the same name', 'sip:b.example?a=1&a=2', 'sip:b.example?a=1&a=1'],
    ['another IPv6 address', 'sip:[2001:db8::1]', 'sip:[2001:db8::2]'],
    ['a host that is no IPv6 address', 'sip:[2001:db8::1::1]', 'sip:[2001:db8::1]'],
    ['a broken URI, itself even', 'sip:@', 'sip:@'],
    ['an unknown scheme, itself even', 'http://a', 'http://a'],
    ['a telephone', 'sip:123', 'tel:123'],
  ])('different: %s', (_, a, b) => {
    expect(same(a, b)).toBe(false);
  });
});

describe('tel URIs (RFC 3966 §4)', () => {
  it.each([
    ['separators', 'tel:+1-201-555-0123', 'tel:+12015550123'],
    ['case', 'TEL:7042;PHONE-context=Example.COM', 'tel:7042;phone-context=example.com'],
    ['hex digits in any case', 'tel:aB;phone-context=+1', 'tel:Ab;phone-context=+1'],
    ['separators in the context', 'tel:7042;phone-context=+1-914', 'tel:7042;phone-context=+1914'],
    ['separators in the extension', 'tel:+1;ext=1-2', 'tel:+1;ext=12'],
    ['order of parameters', 'tel:+1;ext=1;isub=2', 'tel:+1;isub=2;ext=1'],
  ])('equal: %s', (_, a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['local and global', 'tel:12015550123', 'tel:+12015550123'],
    ['another number', 'tel:+1', 'tel:+2'],
    ['a parameter on one side', 'tel:+1', 'tel:+1;ext=1'],
    ['another parameter', 'tel:+1;ext=1', 'tel:+1;isub=1'],
    ['another context', 'tel:1;phone-context=a-b', 'tel:1;phone-context=ab'],
  ])('different: %s', (_, a, b) => {
    expect(same(a, b)).toBe(false);
  });
});
