import { parseAddress } from '@tandem/datagram';
import { parseSettings } from '@tandem/platform';
import { describe, expect, it } from 'vitest';
import {
  advertisedHosts,
  loopbackOf,
  type MediaSettings,
  mediaSettings,
  type OwnMediaSettings,
  withOwnSlice,
} from './settings.ts';

const parse = (env: Record<string, string>): OwnMediaSettings =>
  parseSettings(mediaSettings, { flags: {}, env });

describe('settings', () => {
  it('have defaults for a laptop', () => {
    const settings = parse({});
    expect(settings).toEqual({
      rtpListen: { host: '127.0.0.1', from: 20_000, to: 29_999 },
      rtpAdvertise: undefined,
      rtpPool: 16,
      rtpSlices: undefined,
    });
    expect(advertisedHosts(settings)).toEqual(['127.0.0.1']);
  });

  it.each([
    [{ TANDEM_RTP_LISTEN: '0.0.0.0:30000-30099', TANDEM_RTP_ADVERTISE: '203.0.113.9' }, '203.0.113.9'],
    [{ TANDEM_RTP_LISTEN: '[::1]:30000-30099' }, '::1'],
    [{ TANDEM_RTP_LISTEN: '[::]:30000-30099', TANDEM_RTP_ADVERTISE: '2001:db8::9' }, '2001:db8::9'],
    [
      { TANDEM_RTP_LISTEN: '[::]:30000-30099', TANDEM_RTP_ADVERTISE: '203.0.113.9, 2001:db8::9' },
      '203.0.113.9 and 2001:db8::9',
    ],
  ])('advertise with %j: %s', (env, host) => {
    expect(advertisedHosts(parse(env)).join(' and ')).toBe(host);
  });

  it.each([
    ['127.0.0.1', parseAddress('127.0.0.1')],
    ['127.1.2.3', parseAddress('127.1.2.3')],
    ['::1', parseAddress('::1')],
    ['192.0.2.1', undefined],
    ['0.0.0.0', undefined],
    ['::', undefined],
  ])('know loopback: %s', (host, address) => {
    expect(loopbackOf(host)).toBe(address);
  });

  it('want to be told what to advertise when they listen everywhere', () => {
    expect(() => advertisedHosts(parse({ TANDEM_RTP_LISTEN: '0.0.0.0:30000-30099' }))).toThrow(
      'setting-invalid: TANDEM_RTP_ADVERTISE: is required when TANDEM_RTP_LISTEN is at 0.0.0.0',
    );
  });

  describe('of several workers', () => {
    const slices = '203.0.113.5:30000-30039, 203.0.113.5:30040-30079,[2001:db8::5]:30000-30039';
    const worker = (nodeId: string): MediaSettings => ({
      ...parse({ TANDEM_RTP_LISTEN: '0.0.0.0:20000-29999', TANDEM_RTP_SLICES: slices }),
      nodeId,
      region: 'local',
    });

    it.each([
      ['tandem-media-0', '203.0.113.5', 30_000],
      ['media-1', '203.0.113.5', 30_040],
      ['2', '2001:db8::5', 30_000],
    ])('give %s an address and ports of its own', (nodeId, host, from) => {
      const own = withOwnSlice(worker(nodeId));
      expect(own.rtpListen).toEqual({ host: '0.0.0.0', from, to: from + 39 });
      expect(advertisedHosts(own)).toEqual([host]);
    });

    it.each(['media-3', 'media', 'media-1x'])('refuse one that they have none for: %s', (nodeId) => {
      expect(() => withOwnSlice(worker(nodeId))).toThrow(
        `setting-invalid: TANDEM_RTP_SLICES: has 3, and none for node ${nodeId}`,
      );
    });

    it('leave one alone where nobody has a slice', () => {
      const alone = { ...worker('media'), rtpSlices: undefined };
      expect(withOwnSlice(alone)).toBe(alone);
    });
  });

  it.each([
    [{ TANDEM_RTP_SLICES: '203.0.113.5' }, 'TANDEM_RTP_SLICES'],
    [{ TANDEM_RTP_SLICES: 'media.example:30000-30039' }, 'TANDEM_RTP_SLICES'],
    [{ TANDEM_RTP_SLICES: '0.0.0.0:30000-30039' }, 'TANDEM_RTP_SLICES'],
    [{ TANDEM_RTP_SLICES: Array(257).fill('203.0.113.5:1-2').join() }, 'TANDEM_RTP_SLICES'],
    [{ TANDEM_RTP_LISTEN: 'localhost:30000-30099' }, 'TANDEM_RTP_LISTEN'],
    [{ TANDEM_RTP_LISTEN: '127.0.0.1:30099-30000' }, 'TANDEM_RTP_LISTEN'],
    [{ TANDEM_RTP_ADVERTISE: 'media.example' }, 'TANDEM_RTP_ADVERTISE'],
    [{ TANDEM_RTP_ADVERTISE: '0.0.0.0' }, 'TANDEM_RTP_ADVERTISE'],
    [{ TANDEM_RTP_ADVERTISE: '203.0.113.9,203.0.113.10' }, 'TANDEM_RTP_ADVERTISE'],
    [{ TANDEM_RTP_POOL: '0' }, 'TANDEM_RTP_POOL'],
  ] as [Record<string, string>, string][])('refuse %j by name', (env, name) => {
    expect(() => parse(env)).toThrow(name);
  });
});
