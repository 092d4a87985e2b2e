import { describe, expect, it } from 'vitest';
import { knownScanners, Scanners } from './scanners.ts';

describe('the name in User-Agent', () => {
  const scanners = new Scanners(knownScanners);

  it.each([
    'friendly-scanner',
    'SIPVicious/0.3',
    'pplsip',
    'sundayddr',
    'sipcli/v1.8',
    'VaxSIPUserAgent/3.1',
  ])('gives %s away, and each time', (name) => {
    expect([scanners.has(name), scanners.has(name)]).toEqual([true, true]);
  });

  it.each([
    '',
    'baresip v1.0.0 (x86_64/linux)',
    'Linphone/4.4.21',
    'Yealink SIP-T46S 66.86.0.15',
    'Asterisk PBX 18',
    'Cisco-SIPGateway',
    'SIPp',
    'JsSIP 3.10',
    'Zoiper rv2.10',
    'PolycomVVX-VVX_410',
    'eyeBeam release 1011d',
    'sipsak 0.9.8',
    'kamailio (5.6.3)',
  ])('is no scanner: %j', (name) => {
    expect(scanners.has(name)).toBe(false);
  });

  it('is looked up among those that were set', () => {
    const own = new Scanners(['Evil Phone']);
    expect([own.has('my evil phone 1'), own.has('sipvicious')]).toEqual([true, false]);
  });

  it('may be any of a great many', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => scanners.has(`phone ${index}`));
    expect(names.includes(true)).toBe(false);
    expect(scanners.has('sipvicious')).toBe(true);
  });
});
