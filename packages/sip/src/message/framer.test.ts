import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { type Frame, Framer } from './framer.ts';
import { sampleText } from './sample.ts';

const first = sampleText({ headers: ['Call-ID: first', 'Content-Length: 9'], body: 'a\r\n\r\nbody' });
const second = sampleText({ headers: ['Call-ID: second', 'l : 0'] });

/** Frames in short: texts of messages, `ping`, and the complaint of what is broken. */
function frames(...chunks: string[]): string[] {
  const framer = new Framer();
  return chunks.flatMap((chunk) => framer.push(chunk)).map(brief);
}

function brief(frame: Frame): string {
  if (frame.kind === 'message') return frame.text;
  return frame.kind === 'ping' ? 'ping' : frame.fault.message;
}

describe('messages on a stream', () => {
  it('come out as they were sent, however they are cut in two', () => {
    const stream = first + second;
    for (let at = 0; at <= stream.length; at++) {
      expect(frames(stream.slice(0, at), stream.slice(at))).toEqual([first, second]);
    }
  });

  it('come out octet by octet', () => {
    expect(frames(...(first + second).split(''))).toEqual([first, second]);
  });

  it('come out joined', () => {
    expect(frames(first + second + first)).toEqual([first, second, first]);
  });

  it('lose the empty lines before them (RFC 3261 §7.5)', () => {
    expect(frames(`\r\n${first}\r\n${second}`)).toEqual([first, second]);
  });

  it('tell how much of the next one has arrived', () => {
    const framer = new Framer();
    framer.push(first + second.slice(0, 10));
    expect(framer.pending).toBe(10);
    framer.push(second.slice(10));
    expect(framer.pending).toBe(0);
    framer.push('\r\n');
    expect(framer.pending).toBe(0);
  });
});

describe('pings (RFC 5626 §3.5.1)', () => {
  it.each([
    ['alone', ['\r\n\r\n'], ['ping']],
    ['octet by octet', ['\r', '\n', '\r', '\n'], ['ping']],
    ['between messages', [`${first}\r\n\r\n${second}`], [first, 'ping', second]],
    ['after an empty line too many', [`${first}\r\n`, '\r\n\r\n'], [first, 'ping']],
    ['several at once are one', ['\r\n'.repeat(100)], ['ping']],
    ['several in turn', ['\r\n\r\n', '\r\n\r\n'], ['ping', 'ping']],
    ['a single CRLF, which is a pong, is none', ['\r\n', first, '\r\n'], [first]],
  ])('%s', (_, chunks, expected) => {
    expect(frames(...chunks)).toEqual(expected);
  });
});

describe('what cannot be delimited', () => {
  const lengths = (...lines: string[]): string => sampleText({ headers: lines });

  it.each([
    ['no Content-Length', lengths(), 'malformed-header: Content-Length on a stream: missing'],
    ['an empty one', lengths('l:'), 'malformed-header: Content-Length on a stream: '],
    ['a negative one', lengths('l: -1'), 'malformed-header: Content-Length on a stream: -1'],
    ['no number', lengths('l: \xff'), 'malformed-header: Content-Length on a stream: ?'],
    ['two that differ', lengths('l: 0', 'l: 1'), 'duplicate-header: Content-Length stands more than once'],
    ['a list', lengths('l: 0, 0'), 'malformed-header: Content-Length on a stream: 0, 0'],
    ['one over the cap', lengths('l: 65535'), /^message-too-large: 65\d\d\d octets/],
    ['a huge one', lengths('l: 9007199254740991'), /^message-too-large: 9007199254741\d\d\d octets/],
    [
      'one beyond numbers',
      lengths(`l: ${'9'.repeat(99)}`),
      /^malformed-header: Content-Length on a stream: 9+/,
    ],
    [
      'headers that never end',
      'a: b\r\n'.repeat(limits.messageOctets / 6 + 1),
      /^message-too-large: 655\d\d octets/,
    ],
    ['no SIP', '\0\0\r\n\r\n', 'malformed-header: Content-Length on a stream: missing'],
  ])('%s', (_, stream, complaint) => {
    const [frame, ...others] = frames(stream);
    expect(frame).toMatch(complaint);
    expect(others).toEqual([]);
  });

  it('comes after the messages before it, and is as much as a refusal needs', () => {
    const [message, broken, ...others] = new Framer().push(`${first}${lengths('l: -1')}${second}`);
    expect(message).toEqual({ kind: 'message', text: first });
    expect(broken).toMatchObject({ kind: 'broken', text: lengths('l: -1') });
    expect(others).toEqual([]);
  });
});
