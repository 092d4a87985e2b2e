import { expect, it } from 'vitest';
import { composeRequest } from './compose.ts';

const content = {
  method: 'OPTIONS',
  uri: 'sip:b.example',
  headers: [['Via', 'SIP/2.0/UDP a.example']],
} as const;

it('writes a request with its Content-Length', () => {
  expect(composeRequest({ ...content, body: 'a\r\nb' })).toBe(
    'OPTIONS sip:b.example SIP/2.0\r\nVia: SIP/2.0/UDP a.example\r\nContent-Length: 4\r\n\r\na\r\nb',
  );
  expect(composeRequest(content)).toMatch(/\r\nContent-Length: 0\r\n\r\n$/);
});

it.each([
  ['method', { ...content, method: 'OPTIONS sip:x SIP/2.0\r\nA:' }],
  ['Request-URI', { ...content, uri: 'sip:b.example SIP/2.0\r\nA:' }],
  ['Subject', { ...content, headers: [['Subject', 'a\r\nVia: b']] as const }],
])('refuses what would begin another line: %s', (name, unsafe) => {
  expect(() => composeRequest(unsafe)).toThrow(`unsafe-value: ${name}`);
});
