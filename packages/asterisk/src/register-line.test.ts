import { describe, expect, it } from 'vitest';
import { parseRegisterLine } from './register-line.ts';

describe('a line that registers', () => {
  it.each([
    ['1234@sip.example', { user: '1234', host: 'sip.example' }],
    ['1234:secret@sip.example', { user: '1234', secret: 'secret', host: 'sip.example' }],
    [
      '1234:secret:account@sip.example',
      { user: '1234', secret: 'secret', authUser: 'account', host: 'sip.example' },
    ],
    ['1234:p@ss@sip.example', { user: '1234', secret: 'p@ss', host: 'sip.example' }],
    [
      'tls://1234:secret@sip.example:5061',
      { transport: 'tls', user: '1234', secret: 'secret', host: 'sip.example', port: 5061 },
    ],
    [
      'udp://user/name:s@sip.example/1001',
      { transport: 'udp', user: 'user/name', secret: 's', host: 'sip.example', extension: '1001' },
    ],
    [
      '1234:s@sip.example:5070/1001~300',
      { user: '1234', secret: 's', host: 'sip.example', port: 5_070, extension: '1001', expiry: 300 },
    ],
    ['1234:s@sip.example~300', { user: '1234', secret: 's', host: 'sip.example', expiry: 300 }],
    [
      '1234@acme.example:s@sip.example',
      { user: '1234', domain: 'acme.example', secret: 's', host: 'sip.example' },
    ],
    ['1234@acme.example:5082::@sip.example', { user: '1234', domain: 'acme.example', host: 'sip.example' }],
    ['trunk?1234:s@sip.example', { peer: 'trunk', user: '1234', secret: 's', host: 'sip.example' }],
    [
      '1234:s@[2001:db8::1]:5060/1',
      { user: '1234', secret: 's', host: '[2001:db8::1]', port: 5_060, extension: '1' },
    ],
  ])('is read: %s', (text, line) => {
    expect(parseRegisterLine(text)).toEqual(line);
  });

  it.each(['', 'nobody', '@sip.example', ':s@sip.example', '1@', '1@host name', '1@host:port', '1@a/b~c'])(
    'is none: %j',
    (text) => {
      expect(parseRegisterLine(text)).toBeUndefined();
    },
  );
});
