import { Fault } from '@tandem/sip';
import { describe, expect, it } from 'vitest';
import { readSections, writeLines } from './line.ts';

function rewritten(sdp: string): string {
  const { session, media, rest } = readSections(sdp);
  return writeLines(session) + media.map(writeLines).join('') + rest;
}

const fault = (sdp: string): string => {
  try {
    readSections(sdp);
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  return 'none';
};

describe('readSections', () => {
  it.each([
    ['CRLF', 'v=0\r\ns=-\r\nm=audio 1 RTP/AVP 0\r\na=x\r\n'],
    ['bare LF', 'v=0\ns=-\nm=audio 1 RTP/AVP 0\na=x\n'],
    ['both', 'v=0\r\ns=-\nm=audio 1 RTP/AVP 0\r\na=x\n'],
    ['no end of line at the end', 'v=0\r\ns=-\r\nm=audio 1 RTP/AVP 0'],
    ['empty lines at the end', 'v=0\r\ns=-\r\n\r\n\n\r\n'],
    ['empty values', 'v=\r\ns=\r\na=\r\n'],
    ['bytes above ASCII', 'v=0\r\ns=caf\xe9\x85\xff\r\n'],
    ['several media', 'v=0\nm=a 1 b 0\nm=c 2 d 0\na=z\nm=e 3 f 0\n'],
  ])('keeps every byte with %s', (_what, sdp) => {
    expect(rewritten(sdp)).toBe(sdp);
  });

  it('gives each medium its lines', () => {
    const { session, media } = readSections('v=0\ns=-\nm=a 1 b 0\na=x\nm=c 2 d 0\n');
    expect([session.length, ...media.map((section) => section.length)]).toEqual([2, 2, 1]);
  });

  it.each([
    ['nothing', '', 'sdp-malformed: line 1: "no v= at the beginning"'],
    ['empty lines only', '\r\n\r\n', 'sdp-malformed: line 1: ""'],
    ['a beginning other than v=', 's=-\r\nv=0\r\n', 'sdp-malformed: line 1: "no v= at the beginning"'],
    ['an empty line in the middle', 'v=0\r\n\r\ns=-\r\n', 'sdp-malformed: line 2: ""'],
    ['a line without an equals sign', 'v=0\r\nhello\r\n', 'sdp-malformed: line 2: "hello"'],
    ['a capital letter', 'v=0\r\nC=IN IP4 1.2.3.4\r\n', 'sdp-malformed: line 2: "C=IN IP4 1.2.3.4"'],
    [
      'a space before the letter',
      'v=0\r\n c=IN IP4 1.2.3.4\r\n',
      'sdp-malformed: line 2: " c=IN IP4 1.2.3.4"',
    ],
    ['a bare CR', 'v=0\r\ns=-\rc=IN IP4 1.2.3.4\r\n', 'sdp-malformed: line 2: "s=-\\rc=IN IP4 1.2.3.4"'],
    ['a NUL', 'v=0\r\ns=\0\r\n', 'sdp-malformed: line 2: "s=\\u0000"'],
    ['a long line', `v=0\r\ns=${'x'.repeat(5000)}\r\n`, 'sdp-too-large: line 2: 5004 bytes, 4096 are read'],
    ['many lines', `v=0\r\n${'a=x\r\n'.repeat(1000)}`, 'sdp-too-large: line 1001: more than 1000 lines'],
    [
      'many streams',
      `v=0\r\n${'m=audio 1 RTP/AVP 0\r\n'.repeat(33)}`,
      'sdp-too-large: 33 m= lines, 32 are read',
    ],
  ])('refuses %s', (_what, sdp, message) => {
    expect(fault(sdp)).toBe(message);
  });
});
