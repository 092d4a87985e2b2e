import { describe, expect, it } from 'vitest';
import { isLegacy, legacyKey, serverKey } from './key.ts';
import { request, type Sample } from './sample.ts';

const via = 'SIP/2.0/UDP a.example:5060;branch=z9hG4bK1';
const legacy: Sample = { via: 'SIP/2.0/UDP a.example:5060' };

function keyOf(method: string, sample: Sample): string {
  return serverKey(request(method, sample));
}

describe('key of a server transaction (RFC 3261 §17.2.3)', () => {
  it.each<[what: string, one: Sample, other: Sample]>([
    [
      'the rest of the message',
      { via },
      { via, cseq: 2, callId: 'c2', fromTag: 'x', toTag: 'y', uri: 'sip:c' },
    ],
    ['the case of the host', { via }, { via: 'SIP/2.0/UDP A.Example:5060;branch=z9hG4bK1' }],
    ['other Via parameters', { via }, { via: `${via};rport;received=192.0.2.1` }],
    ['the hops before', { via }, { via: `${via}, SIP/2.0/UDP c.example;branch=z9hG4bK9` }],
  ])('does not depend on %s', (_, one, other) => {
    expect(keyOf('OPTIONS', one)).toBe(keyOf('OPTIONS', other));
  });

  it.each<[what: string, other: Sample]>([
    ['branch', { via: 'SIP/2.0/UDP a.example:5060;branch=z9hG4bK12' }],
    ['the case of the branch', { via: 'SIP/2.0/UDP a.example:5060;branch=z9hG4bKa' }],
    ['host', { via: 'SIP/2.0/UDP b.example:5060;branch=z9hG4bK1' }],
    ['port', { via: 'SIP/2.0/UDP a.example:5061;branch=z9hG4bK1' }],
  ])('depends on %s', (_, other) => {
    expect(keyOf('OPTIONS', { via })).not.toBe(keyOf('OPTIONS', other));
  });

  it('depends on the method, and finds the INVITE of an ACK or a CANCEL', () => {
    const invite = keyOf('INVITE', { via });
    expect(keyOf('CANCEL', { via })).not.toBe(invite);
    expect(serverKey(request('CANCEL', { via }), 'INVITE')).toBe(invite);
    expect(serverKey(request('ACK', { via }), 'INVITE')).toBe(invite);
  });
});

describe('key of a request of RFC 2543', () => {
  it.each([
    ['no branch', 'SIP/2.0/UDP a.example', true],
    ['a branch without the cookie', 'SIP/2.0/UDP a.example;branch=1', true],
    ['nothing but the cookie', 'SIP/2.0/UDP a.example;branch=z9hG4bK', true],
    ['a branch of RFC 3261', via, false],
  ])('is used with %s: %s', (_, value, expected) => {
    expect(isLegacy(request('INVITE', { via: value }))).toBe(expected);
  });

  it.each<[what: string, other: Sample]>([
    ['Request-URI', { uri: 'sip:carol@b.example' }],
    ['To tag', { toTag: 'b' }],
    ['From tag', { fromTag: 'x' }],
    ['Call-ID', { callId: 'c2' }],
    ['CSeq', { cseq: 2 }],
    ['top Via', { via: 'SIP/2.0/UDP a.example:5061' }],
  ])('depends on %s', (_, other) => {
    expect(keyOf('INVITE', legacy)).not.toBe(keyOf('INVITE', { ...legacy, ...other }));
  });

  it('depends on the method, and finds the INVITE of a CANCEL', () => {
    const invite = keyOf('INVITE', legacy);
    expect(keyOf('CANCEL', legacy)).not.toBe(invite);
    expect(serverKey(request('CANCEL', legacy), 'INVITE')).toBe(invite);
  });

  it('finds the INVITE of an ACK whatever tag the response has added', () => {
    const ack = request('ACK', { ...legacy, toTag: 'b' });
    expect(legacyKey(ack, 'INVITE', undefined)).toBe(keyOf('INVITE', legacy));
  });

  it('is never one of RFC 3261', () => {
    const forged = request('OPTIONS', { via: 'SIP/2.0/UDP a.example', uri: 'z9hG4bK1' });
    expect(serverKey(forged).startsWith('\n')).toBe(true);
  });
});
