import { describe, expect, it } from 'vitest';
import { type Credentials, parseCredentials, writeCredentials } from './credentials.ts';

const response = '8ca523f5e9506fed4657c9700eebdbec';
const legacy = `Digest username="bob", realm="a", nonce="n", uri="sip:a", response="${response}"`;

describe('parseCredentials', () => {
  it('reads what writeCredentials wrote', () => {
    const credentials: Credentials = {
      username: 'b"ob',
      realm: 'acme.example',
      nonce: 'n',
      uri: 'sip:acme.example',
      response,
      algorithm: 'SHA-256',
      qop: 'auth',
      nc: '0000000a',
      cnonce: 'c\\d',
      opaque: '',
    };
    expect(parseCredentials(writeCredentials(credentials))).toEqual(credentials);
  });

  it('reads the form of RFC 2069 with its default algorithm', () => {
    expect(parseCredentials(legacy)).toEqual({
      username: 'bob',
      realm: 'a',
      nonce: 'n',
      uri: 'sip:a',
      response,
      algorithm: 'MD5',
    });
  });

  const refused: [string, string][] = [
    ['another scheme', 'Basic Zm9v'],
    ['a missing username', legacy.replace('username="bob", ', '')],
    ['a missing uri', legacy.replace(' uri="sip:a",', '')],
    ['a response of the wrong length', legacy.replace(response, response.slice(1))],
    ['a response that is not hex', legacy.replace(response, 'z'.repeat(32))],
    ['qop without cnonce', `${legacy}, qop=auth, nc=00000001`],
    ['qop without nc', `${legacy}, qop=auth, cnonce="c"`],
    ['a short nc', `${legacy}, qop=auth, cnonce="c", nc=1`],
  ];
  it.each(refused)('refuses %s', (_, text) => {
    expect(parseCredentials(text)).toBeUndefined();
  });
});
