import { describe, expect, it } from 'vitest';
import {
  digits,
  isHeaderText,
  isHost,
  isParameterText,
  isPasswordText,
  isToken,
  isUriText,
  isUserText,
  tokenEnd,
} from './characters.ts';

const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));

/** The characters that a test accepts, letters and digits left out. */
function accepted(test: (text: string) => boolean): string {
  return printable.filter((character) => !/[A-Za-z0-9]/.test(character) && test(character)).join('');
}

describe('character classes (RFC 3261 §25.1)', () => {
  it.each([
    ['token', isToken, "!%'*+-._`~"],
    ['user', isUserText, "!$%&'()*+,-./;=?_~"],
    ['password', isPasswordText, "!$%&'()*+,-.=_~"],
    ['URI parameter', isParameterText, "!$%&'()*+-./:[]_~"],
    ['URI header', isHeaderText, "!$%&'()*+-./:=?[]_~"],
    ['URI of any scheme', isUriText, "!#$%&'()*+,-./:;=?@[\\]^_`{|}~"],
    ['host name', isHost, '-._'],
  ])('%s', (_, test, expected) => {
    expect(accepted(test)).toBe(expected);
    for (const character of 'azAZ09') expect(test(character)).toBe(true);
    for (const code of [0, 9, 10, 13, 31, 127, 128, 255, 256, 0x212a]) {
      expect(test(String.fromCharCode(code))).toBe(false);
    }
  });

  it('has no empty token and no empty host', () => {
    expect(isToken('')).toBe(false);
    expect(isHost('')).toBe(false);
  });

  it('finds the end of a token, at the text’s end too', () => {
    expect(tokenEnd('Via: x', 0)).toBe(3);
    expect(tokenEnd('Via', 0)).toBe(3);
    expect(tokenEnd(': x', 0)).toBe(0);
  });
});

describe('hosts', () => {
  it.each([
    ['acme.example', true],
    ['192.0.2.1', true],
    ['sbc_1.acme.example', true],
    ['[2001:db8::1]', true],
    ['[::ffff:192.0.2.1]', true],
    ['[]', false],
    ['[2001:db8::1', false],
    ['2001:db8::1]', false],
    ['2001:db8::1', false],
    ['[fe80::1%25eth0]', false],
    ['[host]', false],
    ['a]b', false],
    ['a b', false],
  ])('%s: %s', (text, valid) => {
    expect(isHost(text)).toBe(valid);
  });
});

describe('numbers', () => {
  it.each([
    ['0', 255, 0],
    ['0068', 255, 68],
    ['255', 255, 255],
    ['256', 255, undefined],
    ['', 255, undefined],
    ['-1', 255, undefined],
    ['+1', 255, undefined],
    ['1.0', 255, undefined],
    ['1e2', 255, undefined],
    ['0x10', 255, undefined],
    [' 1', 255, undefined],
    ['9007199254740991', Number.MAX_SAFE_INTEGER, 9007199254740991],
    ['9007199254740992', Number.MAX_SAFE_INTEGER, undefined],
    ['36893488147419103232', Number.MAX_SAFE_INTEGER, undefined],
  ])('%s up to %d is %s', (text, max, value) => {
    expect(digits(text, max)).toBe(value);
  });
});
