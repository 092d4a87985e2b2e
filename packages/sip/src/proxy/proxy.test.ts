import { describe, expect, it } from 'vitest';
import { parseMessage } from '../message/parse.ts';
import { SipRequest } from '../message/request.ts';
import { parseUri } from '../uri/uri.ts';
import { forwardRequest, nextHop } from './forward.ts';
import { loopKey } from './loop.ts';
import { routeInformation } from './route.ts';
import { unsupported, validateForwarding } from './validate.ts';

function request(uri: string, headers: string[] = [], method = 'INVITE'): SipRequest {
  const message = parseMessage(
    [
      `${method} ${uri} SIP/2.0`,
      'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKcaller',
      ...headers,
      'From: <sip:1001@acme.example>;tag=a',
      'To: <sip:1002@acme.example>',
      'Call-ID: c1',
      `CSeq: 1 ${method}`,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
  if (!(message instanceof SipRequest)) throw message;
  return message;
}

const isOwn = (uri: string): boolean => {
  const parsed = parseUri(uri);
  return parsed !== undefined && parsed.scheme !== 'tel' && parsed.host === '192.0.2.1';
};
const secret = 'of this node';
const isOwnVia = (via: { host: string }): boolean => via.host === '192.0.2.1';

describe('Route on arrival (RFC 3261 §16.4)', () => {
  const rows: [
    name: string,
    uri: string,
    routes: string[],
    out: { uri: string; own: string[]; rest: string[] },
  ][] = [
    ['without Route', 'sip:b@x.example', [], { uri: 'sip:b@x.example', own: [], rest: [] }],
    [
      'ours is taken off',
      'sip:b@x.example',
      ['<sip:t@192.0.2.1;lr>, <sip:192.0.2.9;lr>'],
      { uri: 'sip:b@x.example', own: ['sip:t@192.0.2.1;lr'], rest: ['<sip:192.0.2.9;lr>'] },
    ],
    [
      'two of ours in a row are taken off',
      'sip:b@x.example',
      ['<sip:t@192.0.2.1;lr>', '<sip:t@192.0.2.1:5061;lr>'],
      { uri: 'sip:b@x.example', own: ['sip:t@192.0.2.1;lr', 'sip:t@192.0.2.1:5061;lr'], rest: [] },
    ],
    [
      'a foreign first value stays, ours behind it too',
      'sip:b@x.example',
      ['<sip:192.0.2.9;lr>', '<sip:192.0.2.1;lr>'],
      { uri: 'sip:b@x.example', own: [], rest: ['<sip:192.0.2.9;lr>', '<sip:192.0.2.1;lr>'] },
    ],
    [
      'a strict router upstream: the last value is the Request-URI',
      'sip:t@192.0.2.1;lr',
      ['<sip:192.0.2.9;lr>', '<sip:b@x.example>'],
      { uri: 'sip:b@x.example', own: ['sip:t@192.0.2.1;lr'], rest: ['<sip:192.0.2.9;lr>'] },
    ],
  ];

  it.each(rows)('%s', (_name, uri, routes, out) => {
    const found = routeInformation(
      request(
        uri,
        routes.map((route) => `Route: ${route}`),
      ),
      isOwn,
    );
    expect({ ...found, own: found.own.map((own) => own.uri) }).toEqual(out);
  });
});

describe('a request is forwarded', () => {
  const plain = {
    uri: 'sip:1002@192.0.2.5:5062',
    route: [],
    via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKours',
  };

  it('with our Via above the others, one hop less and the rest untouched', () => {
    const incoming = request('sip:1002@acme.example', ['max-forwards :  10', 'X-Odd:  kept  as is']);
    incoming.stampedVia = 'SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKcaller;received=198.51.100.7';
    expect(forwardRequest(incoming, { ...plain, recordRoute: ['<sip:t@192.0.2.1;lr>'] })).toBe(
      [
        'INVITE sip:1002@192.0.2.5:5062 SIP/2.0',
        'Record-Route: <sip:t@192.0.2.1;lr>',
        'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKours',
        'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKcaller;received=198.51.100.7',
        'max-forwards :  9',
        'X-Odd:  kept  as is',
        'From: <sip:1001@acme.example>;tag=a',
        'To: <sip:1002@acme.example>',
        'Call-ID: c1',
        'CSeq: 1 INVITE',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('with Max-Forwards 70 where there was none', () => {
    expect(forwardRequest(request('sip:b@x.example'), plain)).toContain('\r\nMax-Forwards: 70\r\n');
  });

  it('with the Route set that is left', () => {
    const incoming = request('sip:b@x.example', ['Route: <sip:192.0.2.1;lr>, <sip:192.0.2.9;lr>']);
    const route = ['<sip:192.0.2.9;lr>', '<sip:192.0.2.10;lr>'];
    const out = forwardRequest(incoming, { ...plain, route });
    expect(out.match(/^Route: .*$/gm)).toEqual(route.map((value) => `Route: ${value}`));
    expect(nextHop({ uri: plain.uri, route })).toBe('sip:192.0.2.9;lr');
  });

  it('in the old way to a strict router (§16.6 step 6)', () => {
    const out = forwardRequest(request('sip:b@x.example'), {
      ...plain,
      route: ['<sip:192.0.2.9>', '<sip:192.0.2.10;lr>'],
    });
    expect(out).toMatch(/^INVITE sip:192\.0\.2\.9 SIP/);
    expect(out.match(/^Route: .*$/gm)).toEqual([
      'Route: <sip:192.0.2.10;lr>',
      'Route: <sip:1002@192.0.2.5:5062>',
    ]);
  });

  it('with headers set and removed, and another body', () => {
    const headers = [
      ['Subject', 'hi'],
      ['CSeq', undefined],
    ] as const;
    const out = forwardRequest(request('sip:b@x.example'), { ...plain, headers, body: 'v=0\r\n' });
    expect(out).toContain('\r\nSubject: hi\r\n');
    expect(out).not.toContain('CSeq');
    expect(out).toMatch(/\r\nContent-Length: 5\r\n(.*\r\n)*\r\nv=0\r\n$/);
  });
});

describe('a request is refused (§16.3)', () => {
  const rows: [name: string, uri: string, headers: string[], status: number | undefined][] = [
    ['sip', 'sip:b@x.example', [], undefined],
    ['tel', 'tel:+34910000001', [], undefined],
    ['an unknown scheme', 'nobodyknows:b', [], 416],
    ['no hop left', 'sip:b@x.example', ['Max-Forwards: 0'], 483],
    ['one hop left', 'sip:b@x.example', ['Max-Forwards: 1'], undefined],
  ];

  it.each(rows)('%s', (_name, uri, headers, status) => {
    const incoming = request(uri, headers);
    expect(validateForwarding(incoming, loopKey(incoming, secret), isOwnVia)?.kind.status).toBe(status);
  });

  it('names every tag that is not supported', () => {
    expect(
      unsupported(request('sip:b@x', ['Require: Foo, path', 'Require: bar']), 'Require', ['path']),
    ).toEqual(['Foo', 'bar']);
  });
});

describe('a request that has been here', () => {
  const first = request('sip:b@x.example');
  const passed = `Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnode.1.2-${loopKey(first, secret)}`;
  const foreign = `Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKnode.1.2-${loopKey(first, secret)}`;

  it.each([
    ['unchanged is a loop', 'sip:b@x.example', [passed], 482],
    ['with another Request-URI is a spiral', 'sip:c@x.example', [passed], undefined],
    ['with another Route is a spiral', 'sip:b@x.example', [passed, 'Route: <sip:192.0.2.9;lr>'], undefined],
    ['through another proxy only, is new', 'sip:b@x.example', [foreign], undefined],
  ])('%s', (_name, uri, headers, status) => {
    const again = request(uri, headers);
    expect(validateForwarding(again, loopKey(again, secret), isOwnVia)?.kind.status).toBe(status);
  });
});
