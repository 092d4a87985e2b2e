import { describe, expect, it } from 'vitest';
import { type Account, addressOfRecord, checkAccount, fromHeader, targetUri } from './account.ts';

const account: Account = { user: 'a b', domain: 'acme.example', password: 'secret' };

describe('an account', () => {
  it('has an address, and a From with its name', () => {
    expect(addressOfRecord(account)).toBe('sip:a%20b@acme.example');
    expect(fromHeader({ ...account, displayName: 'Zoë "Z"' })).toBe(
      '"Zo\xc3\xab \\"Z\\"" <sip:a%20b@acme.example>',
    );
  });

  it.each([
    ['a domain that is none', { domain: 'acme example' }],
    ['no user', { user: '' }],
    ['a line end in its name', { displayName: 'a\r\nb' }],
  ])('is refused with %s', (_, change) => {
    expect(() => checkAccount({ ...account, ...change })).toThrow('account-malformed');
  });
});

describe('a target', () => {
  it.each([
    ['1002', 'sip:1002@acme.example'],
    ['+34600111222', 'sip:+34600111222@acme.example'],
    ['bob@other.example', 'sip:bob@other.example'],
    ['sip:bob@other.example;user=phone', 'sip:bob@other.example;user=phone'],
    ['tel:+34600111222', 'tel:+34600111222'],
  ])('%s is %s', (target, uri) => {
    expect(targetUri(target, account)).toBe(uri);
  });

  it.each(['sip:@', 'tel:', 'bob@', 'sip:bob@other.example\r\nX: y', ''])('%j is none', (target) => {
    expect(() => targetUri(target, account)).toThrow('target-malformed');
  });
});
