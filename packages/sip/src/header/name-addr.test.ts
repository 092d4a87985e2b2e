import { describe, expect, it } from 'vitest';
import { parseNameAddr } from './name-addr.ts';

describe('name-addr and addr-spec (RFC 3261 §20.10)', () => {
  it.each<[string, { display?: string; uri: string; params?: [string, string][] }]>([
    ['<sip:a@b.example>', { uri: 'sip:a@b.example' }],
    ['sip:a@b.example', { uri: 'sip:a@b.example' }],
    ['sip:a@b.example;tag=1', { uri: 'sip:a@b.example', params: [['tag', '1']] }],
    ['sip:a@b.example \t ;   tag    = 1', { uri: 'sip:a@b.example', params: [['tag', '1']] }],
    [
      '<sip:a@b.example;lr;p=1,2?h=%20>;tag=1',
      { uri: 'sip:a@b.example;lr;p=1,2?h=%20', params: [['tag', '1']] },
    ],
    ['Bob<sip:a@b.example>', { display: 'Bob', uri: 'sip:a@b.example' }],
    ['A. B  C <sip:a@b.example>', { display: 'A. B  C', uri: 'sip:a@b.example' }],
    ['Bob (home) <sip:a@b.example>', { display: 'Bob (home)', uri: 'sip:a@b.example' }],
    [
      "token1~` token2'+_ token3*%!.- <sip:a@b.example>",
      { display: "token1~` token2'+_ token3*%!.-", uri: 'sip:a@b.example' },
    ],
    [
      '\xd0\x91\xd0\xbe\xd0\xb1 <sip:a@b.example>',
      { display: '\xd0\x91\xd0\xbe\xd0\xb1', uri: 'sip:a@b.example' },
    ],
    ['Voil\xc3\xa0 <sip:a@b.example>', { display: 'Voil\xc3\xa0', uri: 'sip:a@b.example' }],
    [
      '"Bell, Alexander" <sip:a@b.example>;tag=1',
      { display: 'Bell, Alexander', uri: 'sip:a@b.example', params: [['tag', '1']] },
    ],
    [
      '"\xc3\x9cnal-O\\"Neill <x>"<sip:a@b.example>',
      { display: '\xc3\x9cnal-O"Neill <x>', uri: 'sip:a@b.example' },
    ],
    ['"\\\x07\\\0\\\x7f" <sip:a@b.example>', { display: '\x07\0\x7f', uri: 'sip:a@b.example' }],
    ['"" <sip:a@b.example>', { uri: 'sip:a@b.example' }],
    ['"J Rosenberg \\\\\\"" <sip:a@b.example>', { display: 'J Rosenberg \\"', uri: 'sip:a@b.example' }],
    ['<tel:+1-201;ext=1>', { uri: 'tel:+1-201;ext=1' }],
    ['<http://x.example/?a,b>', { uri: 'http://x.example/?a,b' }],
    [
      '<sip:a@b.example>;+sip.instance="<urn:uuid:1>";expires=60',
      {
        uri: 'sip:a@b.example',
        params: [
          ['+sip.instance', '<urn:uuid:1>'],
          ['expires', '60'],
        ],
      },
    ],
  ])('%j', (text, { params = [], ...rest }) => {
    expect(parseNameAddr(text)).toEqual({ ...rest, params: new Map(params) });
  });

  it.each([
    '',
    ' ',
    'a',
    '*',
    '<>',
    '<a>',
    '<:a>',
    '<sip:a@b.example',
    'sip:a@b.example>',
    '"Bob <sip:a@b.example>',
    '"Bob" sip:a@b.example',
    '"Bob" "Smith" <sip:a@b.example>',
    'Bell, Alexander <sip:a@b.example>',
    'Bob; <sip:a@b.example>',
    'Bob: <sip:a@b.example>',
    'a@b <sip:a@b.example>',
    'Bob\0 <sip:a@b.example>',
    'B\\ob <sip:a@b.example>',
    '< sip:a@b.example >',
    '<sip:a b@b.example>',
    '<sip:\xfc@b.example>',
    '<<sip:a@b.example>>',
    '<sip:a@b.example> <sip:c@d.example>',
    '<sip:a@b.example>x',
    '<sip:a@b.example>;;',
    'sip:a@b.example?x=y',
    'sip:a,b@c.example',
    'sip:user;par=u@example.com',
  ])('is broken: %j', (text) => {
    expect(parseNameAddr(text)).toBeUndefined();
  });
});
