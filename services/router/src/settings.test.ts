import { parseSettings } from '@tandem/platform';
import { describe, expect, it } from 'vitest';
import { advertisedAddress, type OwnRouterSettings, routerSettings } from './settings.ts';

const parse = (env: Record<string, string>): OwnRouterSettings =>
  parseSettings(routerSettings, { flags: {}, env });

describe('settings', () => {
  it('have defaults for a laptop', () => {
    const settings = parse({});
    expect(settings).toEqual({ routerListen: { host: '127.0.0.1', port: 7070 }, routerAdvertise: undefined });
    expect(advertisedAddress(settings)).toBe('127.0.0.1:7070');
  });

  it.each([
    [{ TANDEM_ROUTER_LISTEN: '0.0.0.0:7071', TANDEM_ROUTER_ADVERTISE: '10.0.0.7:7071' }, '10.0.0.7:7071'],
    [
      { TANDEM_ROUTER_LISTEN: '[::]:7071', TANDEM_ROUTER_ADVERTISE: 'router-1.internal:80' },
      'router-1.internal:80',
    ],
    [{ TANDEM_ROUTER_LISTEN: '[::1]:7071' }, '[::1]:7071'],
  ] as [Record<string, string>, string][])('advertise with %j: %s', (env, address) => {
    expect(advertisedAddress(parse(env))).toBe(address);
  });

  it('advertise the port that the system has chosen', () => {
    expect(advertisedAddress(parse({ TANDEM_ROUTER_LISTEN: '127.0.0.1:0' }), 4711)).toBe('127.0.0.1:4711');
  });

  it('want to be told what to advertise when they listen everywhere', () => {
    expect(() => advertisedAddress(parse({ TANDEM_ROUTER_LISTEN: '0.0.0.0:7070' }))).toThrow(
      'setting-invalid: TANDEM_ROUTER_ADVERTISE: is required when TANDEM_ROUTER_LISTEN is at 0.0.0.0',
    );
  });

  it.each(['router-1', '0.0.0.0:7070', '10.0.0.7:0', ''])('refuse to advertise %j', (text) => {
    expect(() => parseSettings(routerSettings, { flags: { routerAdvertise: text }, env: {} })).toThrow(
      '--router-advertise',
    );
  });
});
