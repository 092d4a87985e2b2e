import { describe, expect, it } from 'vitest';
import { raiseVersion } from './version.ts';

const sdp = (origin: string): string =>
  `v=0\r\no=${origin}\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=o=x\r\n`;

describe('the version of a description', () => {
  it.each([
    ['one more', '- 1 1 IN IP4 192.0.2.1', 1, '- 1 2 IN IP4 192.0.2.1'],
    ['many more', '- 1 9 IN IP4 192.0.2.1', 3, '- 1 12 IN IP4 192.0.2.1'],
    [
      'beyond what a number holds',
      '- 1 18446744073709551614 IN IP6 2001:db8::1',
      1,
      '- 1 18446744073709551615 IN IP6 2001:db8::1',
    ],
    ['a user name with a space', 'a b 1 7 IN IP4 192.0.2.1', 1, 'a b 1 8 IN IP4 192.0.2.1'],
    ['no number', '- 1 x IN IP4 192.0.2.1', 1, '- 1 x IN IP4 192.0.2.1'],
    ['too little', 'IN IP4 192.0.2.1', 1, 'IN IP4 192.0.2.1'],
    ['nothing to raise', '- 1 1 IN IP4 192.0.2.1', 0, '- 1 1 IN IP4 192.0.2.1'],
  ])('%s', (_name, before, by, after) => {
    expect(raiseVersion(sdp(before), by)).toBe(sdp(after));
  });
});
