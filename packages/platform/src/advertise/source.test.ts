import { describe, expect, it } from 'vitest';
import { formatSource, parseAddressSources } from './source.ts';

describe('where an address comes from', () => {
  it.each([
    ['203.0.113.5', [{ from: 'given', host: '203.0.113.5', port: undefined }], '203.0.113.5'],
    ['sip.example:5070', [{ from: 'given', host: 'sip.example', port: 5070 }], 'sip.example:5070'],
    ['2001:db8::5', [{ from: 'given', host: '2001:db8::5', port: undefined }], '2001:db8::5'],
    ['[2001:db8::5]:5070', [{ from: 'given', host: '2001:db8::5', port: 5070 }], '[2001:db8::5]:5070'],
    ['cloud', [{ from: 'cloud' }], 'cloud'],
    ['node', [{ from: 'node', named: undefined }], 'node'],
    [
      'node:label:acme.example/sip',
      [{ from: 'node', named: { by: 'label', key: 'acme.example/sip' } }],
      'node:label:acme.example/sip',
    ],
    ['service:sip', [{ from: 'service', namespace: undefined, name: 'sip' }], 'service:sip'],
    ['service:edge/sip', [{ from: 'service', namespace: 'edge', name: 'sip' }], 'service:edge/sip'],
    [
      'stun:stun.example',
      [{ from: 'stun', server: { host: 'stun.example', port: 3478 } }],
      'stun:stun.example:3478',
    ],
    [
      'stun:[2001:db8::9]:5060',
      [{ from: 'stun', server: { host: '2001:db8::9', port: 5060 } }],
      'stun:[2001:db8::9]:5060',
    ],
  ])('is read from %s', (text, sources, again) => {
    const read = parseAddressSources(text);
    expect(read).toEqual(sources);
    expect(read?.map(formatSource)).toEqual([again]);
  });

  it('may be several, one for each family', () => {
    expect(parseAddressSources('cloud, 2001:db8::5')?.map(({ from }) => from)).toEqual(['cloud', 'given']);
  });

  it.each([
    '',
    ',',
    'stun:',
    'stun::1:x',
    'a b',
    '0.0.0.0',
    '[::]:5060',
    '203.0.113.5:99999',
    Array(9).fill('cloud').join(),
  ])('is not %j', (text) => {
    expect(parseAddressSources(text)).toBeUndefined();
  });
});
