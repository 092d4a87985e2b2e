import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DigestAlgorithm } from './algorithm.ts';
import type { Credentials } from './credentials.ts';
import { computeHa1, computeResponse, verifyResponse } from './response.ts';

interface Vector {
  readonly source: string;
  readonly algorithm: DigestAlgorithm;
  readonly password: string;
  readonly credentials: Credentials;
}

const rfc7616 = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  qop: 'auth',
  opaque: undefined,
};

const rfc2617 = {
  username: 'Mufasa',
  realm: 'testrealm@host.com',
  uri: '/dir/index.html',
  nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  algorithm: 'MD5',
  opaque: undefined,
  qop: undefined,
  nc: undefined,
  cnonce: undefined,
};

const vectors: Vector[] = [
  {
    source: 'RFC 7616 §3.9.1, MD5',
    algorithm: 'MD5',
    password: 'Circle of Life',
    credentials: { ...rfc7616, algorithm: 'MD5', response: '8ca523f5e9506fed4657c9700eebdbec' },
  },
  {
    source: 'RFC 7616 §3.9.1, SHA-256',
    algorithm: 'SHA-256',
    password: 'Circle of Life',
    credentials: {
      ...rfc7616,
      algorithm: 'SHA-256',
      response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    },
  },
  {
    source: 'RFC 2617 §3.5',
    algorithm: 'MD5',
    password: 'Circle Of Life',
    credentials: {
      ...rfc2617,
      nc: '00000001',
      cnonce: '0a4f113b',
      qop: 'auth',
      response: '6629fae49393a05397450978507c4ef1',
    },
  },
  {
    source: 'RFC 2069 §2.4 with its erratum',
    algorithm: 'MD5',
    password: 'CircleOfLife',
    credentials: { ...rfc2617, response: '1949323746fe6a43ef61f9606e7febea' },
  },
];

function ha1Of({ algorithm, password, credentials }: Vector): string {
  return computeHa1(algorithm, credentials.username, credentials.realm, password);
}

describe('computeResponse', () => {
  it.each(vectors)('agrees with $source', (vector) => {
    const { algorithm, credentials } = vector;
    expect(computeResponse(algorithm, false, ha1Of(vector), 'GET', credentials)).toBe(credentials.response);
  });

  it('binds HA1 to the nonce for -sess', () => {
    const [{ credentials }] = vectors as [Vector];
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const { nonce, cnonce, nc, uri } = credentials;
    const ha1 = md5(`${md5('Mufasa:http-auth@example.org:Circle of Life')}:${nonce}:${cnonce}`);
    const expected = md5(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${md5(`GET:${uri}`)}`);
    expect(computeResponse('MD5', true, ha1Of(vectors[0]!), 'GET', credentials)).toBe(expected);
  });
});

describe('verifyResponse', () => {
  it.each(vectors)('accepts $source', (vector) => {
    const verification = { method: 'GET', ha1: ha1Of(vector), legacy: true };
    expect(verifyResponse(vector.credentials, verification)).toBe(true);
  });

  it('accepts upper-case hex', () => {
    const { credentials } = vectors[0]!;
    const upper = { ...credentials, response: credentials.response.toUpperCase() };
    expect(verifyResponse(upper, { method: 'GET', ha1: ha1Of(vectors[0]!) })).toBe(true);
  });

  it('hashes the bytes of the wire, whatever their encoding', () => {
    const wire = Buffer.from('Þórr').toString('latin1');
    const credentials = { ...vectors[0]!.credentials, username: wire, cnonce: wire };
    const ha1 = computeHa1('MD5', 'Þórr', credentials.realm, 'pässword');
    const sha = createHash('md5').update(`GET:${credentials.uri}`).digest('hex');
    const text = `${ha1}:${credentials.nonce}:00000001:Þórr:auth:${sha}`;
    const response = createHash('md5').update(text).digest('hex');
    expect(verifyResponse({ ...credentials, response }, { method: 'GET', ha1 })).toBe(true);
  });

  const refused: [string, Partial<Credentials>, string][] = [
    ['another method', {}, 'POST'],
    ['another uri', { uri: '/' }, 'GET'],
    ['another count', { nc: '00000002' }, 'GET'],
    ['another response', { response: '0'.repeat(32) }, 'GET'],
    ['a response of another length', { response: '0'.repeat(64) }, 'GET'],
    ['auth-int, which was not offered', { qop: 'auth-int' }, 'GET'],
    ['an unknown algorithm', { algorithm: 'MD4' }, 'GET'],
  ];
  it.each(refused)('refuses %s', (_, change, method) => {
    const [vector] = vectors as [Vector];
    expect(verifyResponse({ ...vector.credentials, ...change }, { method, ha1: ha1Of(vector) })).toBe(false);
  });

  it('refuses the form without qop unless it is asked for', () => {
    const vector = vectors[3]!;
    expect(verifyResponse(vector.credentials, { method: 'GET', ha1: ha1Of(vector) })).toBe(false);
  });
});
