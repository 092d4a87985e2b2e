import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const request = (...lines: readonly string[]): string =>
  ['INVITE sip:1002@acme.example SIP/2.0', ...lines, 'Call-ID: c', '', ''].join('\r\n');

describe('redact', () => {
  it.each(['Proxy-Authorization: ', 'Authorization: ', 'AUTHORIZATION:', 'proxy-authorization \t:'])(
    'hides the answer to a challenge behind %j, and no more of it',
    (name) => {
      const digest = (response: string): string =>
        `${name}Digest username="1001", realm="response", nonce="n", response=${response}, nc=00000001`;
      expect(redact(request(digest('"0123abcd"')))).toBe(request(digest('"***"')));
    },
  );

  it('hides it wherever it stands, however it is written', () => {
    const hidden = redact(
      request(
        'Authorization: Digest username="1",\r\n\tRESPONSE = 0123abcd',
        'Authorization: Digest response="0123abcd", response="0123abcd"',
      ),
    );
    expect(hidden).not.toContain('0123abcd');
    expect(hidden.match(/\*\*\*/g)).toHaveLength(3);
  });

  it.each(['Basic MTAwMTpzZWNyZXQ=', 'Bearer MTAwMTpzZWNyZXQ=', 'Digest MTAwMTpzZWNyZXQ=', ''])(
    'hides all of %j',
    (value) => {
      expect(redact(request(`Authorization: ${value}`))).toBe(request('Authorization: ***'));
    },
  );

  it('hides the keys of media', () => {
    const offer = (key: string): string =>
      `v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}|2^20|1:4\r\n`;
    expect(redact(request() + offer('d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj'))).toBe(
      request() + offer('***'),
    );
  });

  it('leaves all else as it is', () => {
    const text = request('Subject: Authorization: Digest response="x"', 'X-Authorization: y');
    expect(redact(text)).toBe(text);
    const challenge =
      'SIP/2.0 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest nonce="n"\r\n\r\n';
    expect(redact(challenge)).toBe(challenge);
  });
});
