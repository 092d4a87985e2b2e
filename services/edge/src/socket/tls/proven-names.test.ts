import type { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { provenNames, proves } from './proven-names.ts';

function names(subjectAltName: string | undefined): string[] {
  return provenNames({ subjectAltName } as X509Certificate);
}

describe('the names that a certificate proves', () => {
  it.each([
    ['DNS:SIP.Example, DNS:other.example', ['sip.example', 'other.example']],
    ['DNS:host.example, URI:sip:Example.COM', ['example.com']],
    ['URI:sip:alice@example.com', []],
    ['URI:sips:example.com, DNS:host.example', ['host.example']],
    ['URI:sip:a.example, URI:sip:b.example, DNS:c.example', ['a.example', 'b.example']],
    ['DNS:*.example', []],
    ['IP Address:192.0.2.1, DNS:a.example', ['a.example', '192.0.2.1']],
    ['email:alice@example.com', []],
    ['DNS:"x, DNS:evil.example, y"', []],
    ['DNS:"evil.example\\u0000.good.example"', []],
    [undefined, []],
  ])('of %s are %j', (subjectAltName, expected) => {
    expect(names(subjectAltName)).toEqual(expected);
  });

  it.each([
    ['sip.example', true],
    ['SIP.example.', true],
    ['[2001:DB8::1]', true],
    ['example', false],
    ['a.sip.example', false],
  ])('prove %s: %s', (name, expected) => {
    expect(proves(['sip.example', '2001:db8::1'], name)).toBe(expected);
  });
});
