import { describe, expect, it } from 'vitest';
import { parseSipUri, type SipUri } from './sip-uri.ts';

describe('SIP URIs (RFC 3261 §19.1)', () => {
  it.each<[string, Partial<Omit<SipUri, 'params'>>, [string, string][]]>([
    ['b.example', {}, []],
    ['alice@b.example', { user: 'alice' }, []],
    ['Alice@B.Example:5070', { user: 'Alice', port: 5070 }, []],
    ['alice:secret@b.example', { user: 'alice', password: 'secret' }, []],
    ['alice:@b.example', { user: 'alice', password: '' }, []],
    ['alice:%73&=+$,@b.example', { user: 'alice', password: 's&=+$,' }, []],
    [
      'b.example;lr;transport=tcp',
      {},
      [
        ['lr', ''],
        ['transport', 'tcp'],
      ],
    ],
    ['b.example?subject=a%20b&to=x', { headers: 'subject=a%20b&to=x' }, []],
    ['alice@b.example;lr?a=/?b', { user: 'alice', headers: 'a=/?b' }, [['lr', '']]],
    ['user;par=u%40example.net@b.example', { user: 'user;par=u@example.net' }, []],
    ['b.example;maddr=x@b.example', { user: 'b.example;maddr=x' }, []],
    ['a?b/c;d@b.example;e', { user: 'a?b/c;d' }, [['e', '']]],
    ['sips%3Auser%40example.com@b.example', { user: 'sips:user@example.com' }, []],
    ['%00%00@b.example', { user: '\0\0' }, []],
    ['+1-201-555-0123;isub=1@b.example;user=phone', { user: '+1-201-555-0123;isub=1' }, [['user', 'phone']]],
    [
      "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@b.example",
      { user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*" },
      [],
    ],
  ])('%s', (text, rest, params) => {
    const uri = parseSipUri('sip', text);
    expect(uri).toEqual({ scheme: 'sip', host: 'b.example', headers: '', ...rest, params: new Map(params) });
  });

  it('has an IPv6 host in brackets', () => {
    expect(parseSipUri('sips', 'a@[2001:DB8::1]:5061;lr')).toEqual({
      scheme: 'sips',
      user: 'a',
      host: '[2001:db8::1]',
      port: 5061,
      params: new Map([['lr', '']]),
      headers: '',
    });
  });

  it.each([
    '',
    '@b.example',
    ':secret@b.example',
    'alice@',
    'alice@@b.example',
    'alice@b@c.example',
    'alice:a:b@b.example',
    'alice:a/b@b.example',
    'alice:%4@b.example',
    'a%4@b.example',
    'a b@b.example',
    'a"b@b.example',
    'a#b@b.example',
    '\xfc@b.example',
    'b.example:',
    'b.example:65536',
    'b.example;',
    'b.example;lr;lr',
    'b.example?a=b c',
    'b.example?a=%4',
    'b.example?a=b;c',
    'b<c>.example',
    '2001:db8::1',
  ])('is broken: %j', (text) => {
    expect(parseSipUri('sip', text)).toBeUndefined();
  });
});
