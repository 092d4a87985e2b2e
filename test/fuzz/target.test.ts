import { describe, expect, it } from 'vitest';
import { readTarget } from './target.ts';

describe('what may be fuzzed', () => {
  it.each([
    ['udp://127.0.0.1:5060', false, { transport: 'udp', host: '127.0.0.1', port: 5060 }],
    ['tcp://127.9.9.9:5070', false, { transport: 'tcp', host: '127.9.9.9', port: 5070 }],
    ['ws://127.0.0.1:5066', false, { transport: 'ws', host: '127.0.0.1', port: 5066 }],
    ['udp://[::1]:5060', false, { transport: 'udp', host: '::1', port: 5060 }],
    ['udp://10.64.0.2:5060', true, { transport: 'udp', host: '10.64.0.2', port: 5060 }],
    ['tcp://[fd00::2]:5060', true, { transport: 'tcp', host: 'fd00::2', port: 5060 }],
  ])('%s, isolated: %s', (text, isolated, target) => {
    expect(readTarget(text, isolated)).toEqual(target);
  });

  it.each([
    ['udp://10.64.0.2:5060', false],
    ['udp://192.0.2.1:5060', true],
    ['udp://8.8.8.8:5060', true],
    ['udp://[2001:db8::1]:5060', true],
    ['udp://[::ffff:8.8.8.8]:5060', true],
    ['udp://sip.example:5060', true],
    ['udp://localhost:5060', false],
    ['tls://127.0.0.1:5061', false],
    ['127.0.0.1:5060', false],
  ])('not %s, isolated: %s', (text, isolated) => {
    expect(() => readTarget(text, isolated)).toThrow();
  });
});
