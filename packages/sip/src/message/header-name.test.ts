import { describe, expect, it } from 'vitest';
import { type HeaderName, headerId, headerName, identifyHeader, isSingle } from './header-name.ts';

function identify(text: string): string {
  return headerName(identifyHeader(`..${text}:`, 2, 2 + text.length));
}

describe('header names', () => {
  it.each<[string, HeaderName | '']>([
    ['Via', 'Via'],
    ['VIA', 'Via'],
    ['vIa', 'Via'],
    ['call-id', 'Call-ID'],
    ['CALL-ID', 'Call-ID'],
    ['P-ASSERTED-identity', 'P-Asserted-Identity'],
    ['Vi', ''],
    ['Viaa', ''],
    ['Vja', ''],
    ['Call\rID', ''],
    ['X-Anything', ''],
    ['__proto__', ''],
    ['constructor', ''],
    ['toString', ''],
    ['', ''],
  ])('%j is %j', (text, name) => {
    expect(identify(text)).toBe(name);
  });

  it.each<[string, HeaderName]>([
    ['b', 'Referred-By'],
    ['c', 'Content-Type'],
    ['e', 'Content-Encoding'],
    ['f', 'From'],
    ['i', 'Call-ID'],
    ['k', 'Supported'],
    ['l', 'Content-Length'],
    ['m', 'Contact'],
    ['o', 'Event'],
    ['r', 'Refer-To'],
    ['s', 'Subject'],
    ['t', 'To'],
    ['u', 'Allow-Events'],
    ['v', 'Via'],
    ['x', 'Session-Expires'],
    ['y', 'Identity'],
  ])('the compact form %s is %s, in either case', (form, name) => {
    expect(identify(form)).toBe(name);
    expect(identify(form.toUpperCase())).toBe(name);
  });

  it('gives single headers ids that fit into the bits of a number', () => {
    expect(isSingle(headerId('From'))).toBe(true);
    expect(isSingle(headerId('Timestamp'))).toBe(true);
    expect(isSingle(headerId('Via'))).toBe(false);
    expect(isSingle(0)).toBe(false);
    for (let id = 32; id < 64; id++) expect(isSingle(id)).toBe(false);
  });
});
