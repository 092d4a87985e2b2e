import { parseSettings } from '@tandem/platform';
import { describe, expect, it } from 'vitest';
import { type RouterLinkSettings, routerLinkSettings } from './settings.ts';

const parse = (router?: string): RouterLinkSettings =>
  parseSettings(routerLinkSettings, {
    flags: {},
    env: router === undefined ? {} : { TANDEM_ROUTER: router },
  });

describe('the routers of an edge', () => {
  it('are found by membership when none is named', () => {
    expect(parse().router).toBeUndefined();
  });

  it.each([
    ['10.0.0.7:7070', ['10.0.0.7:7070']],
    ['router-1.internal:7070, [2001:db8::7]:7070', ['router-1.internal:7070', '[2001:db8::7]:7070']],
  ])('are %s', (text, routers) => {
    expect(parse(text).router).toEqual(routers);
  });

  it.each(['10.0.0.7', '10.0.0.7:0', ':7070', '10.0.0.7:7070,', 'a:1,a:1', 'http://a:1'])(
    'refuse %j',
    (text) => {
      expect(() => parse(text)).toThrow('TANDEM_ROUTER=');
    },
  );
});
