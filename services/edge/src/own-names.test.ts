import { parseVia } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { ownNames } from './own-names.ts';

const shared = 'sip.example';
const udp = {
  transport: 'udp',
  host: '192.0.2.1',
  port: 5060,
  advertised: 'edge1.example:5080',
  shared,
} as const;
const six = {
  transport: 'tcp',
  host: '2001:db8::1',
  port: 5062,
  advertised: '[2001:db8::1]:5062',
  shared,
} as const;
const tls = {
  transport: 'tls',
  host: '192.0.2.1',
  port: 5061,
  advertised: '192.0.2.1:5061',
  shared,
} as const;

describe('the names of an edge', () => {
  const names = ownNames([udp, six, tls]);

  it.each([
    ['sip:192.0.2.1', true],
    ['sip:token@192.0.2.1:5060;lr', true],
    ['sip:192.0.2.1:5080', false],
    ['sip:edge1.example:5080', true],
    ['sip:EDGE1.example:5080', true],
    ['sip:edge1.example', false],
    ['sip:sip.example', true],
    ['sip:sip.example:5062', true],
    ['sip:sip.example;transport=tls', true],
    ['sips:sip.example', true],
    ['sip:192.0.2.1:5061;transport=tls', true],
    ['sip:sip.example:5099', false],
    ['sip:[2001:db8::1]:5062', true],
    ['sip:[2001:db8::2]:5062', false],
    ['tel:+34910000001', false],
    ['not a URI', false],
  ])('%s is one of them: %s', (uri, own) => {
    expect(names.isOwn(uri)).toBe(own);
  });

  it('are told in Via as well', () => {
    expect(names.isOwnVia(parseVia('SIP/2.0/UDP edge1.example:5080;branch=z9')!)).toBe(true);
    expect(names.isOwnVia(parseVia('SIP/2.0/UDP 192.0.2.9;branch=z9')!)).toBe(false);
  });

  it('are listed without ports and brackets', () => {
    expect(names.hosts.toSorted()).toEqual(['192.0.2.1', '2001:db8::1', 'edge1.example', 'sip.example']);
  });
});

it('takes what other edges have put into a route set for its own, but not their Via', () => {
  const names = ownNames([udp], () => new Set(['192.0.2.2:5060', '[2001:db8::2]:5060']));
  expect(names.isOwn('sip:token@192.0.2.2;lr')).toBe(true);
  expect(names.isOwn('sip:[2001:db8::2]')).toBe(true);
  expect(names.isOwn('sip:192.0.2.2:5070')).toBe(false);
  expect(names.isOwnVia(parseVia('SIP/2.0/UDP 192.0.2.2;branch=z9')!)).toBe(false);
  expect(names.hosts).not.toContain('192.0.2.2');
});

it('takes every address of the machine for its own where it listens on all', () => {
  const names = ownNames([{ ...udp, host: '0.0.0.0' }]);
  expect(names.isOwn('sip:127.0.0.1')).toBe(true);
});
