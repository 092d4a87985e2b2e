import { tokenKey } from '@tandem/platform';
import { isBehindNat, parseMessage, SipRequest } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import type { Outsider } from './outsider.ts';
import { type DialogToken, sealToken, verifyToken } from './token.ts';

function request(method: string, from: string, to: string, callId = 'c1'): SipRequest {
  const message = parseMessage(
    [
      `${method} sip:1002@192.0.2.5 SIP/2.0`,
      `From: <sip:1001@acme.example>${from}`,
      `To: <sip:1002@acme.example>${to}`,
      `Call-ID: ${callId}`,
      '',
      '',
    ].join('\r\n'),
  );
  if (!(message instanceof SipRequest)) throw message;
  return message;
}

const key = tokenKey('the key of all edges');
const udp = {
  transport: 'udp',
  host: '192.0.2.4',
  port: 5062,
  localPort: 5060,
  edge: '',
  connection: 0,
  nat: true,
} as const;
const tcp = {
  transport: 'tcp',
  host: '2001:db8::7',
  port: 41_000,
  localPort: 5060,
  edge: 'edge-1',
  connection: 2 ** 40,
  nat: false,
} as const;
const token: DialogToken = {
  call: '0190a5b2-7c3d-7e4f-8a1b-2c3d4e5f6a7b',
  media: 'worker-1.42',
  caller: udp,
  callee: tcp,
};
const invite = request('INVITE', ';tag=a', '');
const user = sealToken(token, invite, key);

describe('a dialog token', () => {
  it.each<Outsider>([
    { party: 'caller', hidden: true, trusted: false, challenges: true, routes: [] },
    {
      ...{
        party: 'caller',
        hidden: true,
        trusted: false,
        challenges: false,
        routes: ['<sip:p1.example;lr>'],
      },
      account: { tenant: 'acme', trunk: 'carrier', first: 0 },
    },
    {
      party: 'callee',
      hidden: true,
      trusted: true,
      challenges: false,
      routes: ['<sip:p1.example;lr>', `<sip:${'u'.repeat(300)}@p2.example;lr>`],
      names: {
        inside: { caller: 'sip:1001@acme.example', callee: 'sip:+34600@acme.example' },
        outside: { caller: '"Ä" <sip:+34911@carrier.example>', callee: '<sip:+34600@192.0.2.9>' },
      },
      raised: 2,
      account: { tenant: 'acme', trunk: 'carrier', first: 4_294_967_295 },
    },
  ])('says who is outside, and what that one is shown: $party', (outsider) => {
    const outsiders = { [outsider.party]: outsider };
    const sealed = sealToken({ ...token, outsiders }, invite, key);
    const bye = request('BYE', ';tag=b', ';tag=a');
    expect(verifyToken(sealed, bye, key)).toEqual({ token: { ...token, outsiders }, sender: 'callee' });
  });

  it('says what codecs the parties may use, with somebody outside, with two, and without', () => {
    const codecs = { caller: [], callee: ['PCMU', 'telephone-event'] };
    const common = { hidden: true, trusted: true, challenges: false, routes: ['<sip:p1;lr>'] };
    const caller = { party: 'caller', ...common } as const;
    const callee = { party: 'callee', ...common, routes: [] } as const;
    for (const outsiders of [undefined, { callee }, { caller, callee }]) {
      const other: DialogToken = { ...token, codecs, ...(outsiders && { outsiders }) };
      expect(verifyToken(sealToken(other, invite, key), invite, key)?.token).toEqual(other);
    }
  });

  it('comes back whole, from either party, whichever edge reads it', () => {
    expect(verifyToken(user, request('BYE', ';tag=a', ';tag=b'), key)).toEqual({ token, sender: 'caller' });
    expect(verifyToken(user, request('BYE', ';tag=b', ';tag=a'), key)).toEqual({ token, sender: 'callee' });
  });

  it.each([
    { caller: { ...udp, edge: 'edge-1' }, callee: tcp },
    { caller: tcp, callee: { ...udp, edge: 'edge-2', localHost: '192.0.2.100' } },
    { caller: { ...udp, nat: false }, callee: { ...udp, nat: false } },
    { call: '', media: '' },
  ])('%#: keeps what leads to each party', (hops) => {
    const other = { ...token, ...hops };
    expect(verifyToken(sealToken(other, invite, key), invite, key)?.token).toEqual(other);
  });

  it('tells nobody outside of nodes and addresses', () => {
    const octets = Buffer.from(user, 'base64url').toString('latin1');
    for (const secret of ['edge-1', 'worker-1', '2001:db8::7', '\xc0\x00\x02\x04'])
      expect(octets).not.toContain(secret);
    const other = sealToken({ ...token, media: 'worker-1.43' }, invite, key);
    expect(other.slice(0, 40)).not.toBe(user.slice(0, 40));
  });

  it('is the same again for the same request, as a retransmission has to be', () => {
    expect(sealToken(token, invite, key)).toBe(user);
  });

  it('without media', () => {
    const bare = { ...token, media: '' };
    expect(verifyToken(sealToken(bare, invite, key), invite, key)?.token).toEqual(bare);
  });

  it('may stand in the user part of a URI', () => {
    expect(user).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(user.length).toBeLessThan(160);
  });

  it.each([
    ['another Call-ID', user, request('BYE', ';tag=a', ';tag=b', 'c2'), key],
    ['other tags', user, request('BYE', ';tag=x', ';tag=b'), key],
    ['no tags', user, request('BYE', '', ''), key],
    ['another key', user, request('BYE', ';tag=a', ';tag=b'), tokenKey('another')],
    ['a changed octet', `${user.slice(0, -2)}AA`, request('BYE', ';tag=a', ';tag=b'), key],
    ['cut short', user.slice(0, 20), request('BYE', ';tag=a', ';tag=b'), key],
    ['empty', '', request('BYE', ';tag=a', ';tag=b'), key],
    ['not ours', 'alice', request('BYE', ';tag=a', ';tag=b'), key],
  ])('is refused with %s', (_name, text, later, otherKey) => {
    expect(verifyToken(text, later, otherKey)).toBeUndefined();
  });
});

describe('a Contact', () => {
  it.each([
    ['sip:a@192.0.2.4:5062', 'udp', false],
    ['sip:a@192.0.2.4', 'udp', true],
    ['sip:a@192.0.2.4', 'tcp', false],
    ['sip:a@10.0.0.4:5062', 'udp', true],
    ['sip:a@10.0.0.4:5062', 'tcp', true],
    ['sip:a@phone.example:5062', 'udp', true],
    [undefined, 'udp', true],
  ] as const)('%s from 192.0.2.4:5062 over %s is behind NAT: %s', (contact, transport, nat) => {
    expect(isBehindNat(contact, { transport, host: '192.0.2.4', port: 5062 })).toBe(nat);
  });

  it('compares IPv6 without brackets', () => {
    const source = { transport: 'udp', host: '2001:db8::7', port: 5060 } as const;
    expect(isBehindNat('sip:a@[2001:db8::7]:5060', source)).toBe(false);
  });
});
