import { describe, expect, it } from 'vitest';
import { type MediaType, parseMediaType, readParts } from './multipart.ts';

const mixed = parseMediaType('Multipart/Mixed; boundary="a b"') as MediaType;

function lines(...all: readonly string[]): string {
  return all.join('\r\n');
}

/** Type and content of each part. */
function parts(body: string, type: MediaType = mixed): readonly (readonly string[])[] | undefined {
  return readParts(type, body)?.map((part) => [part.type.name, body.slice(part.from, part.to)]);
}

describe('parseMediaType', () => {
  it.each([
    ['application/sdp', 'application/sdp', {}],
    ['Application/SDP ; Charset="utf-8"', 'application/sdp', { charset: 'utf-8' }],
    ['message/sipfrag;version=2.0', 'message/sipfrag', { version: '2.0' }],
  ])('reads %s', (value, name, params) => {
    const type = parseMediaType(value);
    expect([type?.name, Object.fromEntries(type?.params ?? [])]).toEqual([name, params]);
  });

  it.each(['', 'sdp', 'a/b/c', 'a/b;', 'a /b', 'a/b;c=d;c=e'])('does not read %j', (value) => {
    expect(parseMediaType(value)).toBeUndefined();
  });
});

describe('readParts', () => {
  it('finds the parts between delimiters, whatever stands before and after', () => {
    const body = lines(
      'before',
      '--a b',
      'content-type: application/sdp',
      'Content-Disposition: session;',
      ' handling=required',
      '',
      'v=0',
      's=-',
      '',
      '--a b ',
      '',
      'text with --a b in it',
      '--a b--',
      'after',
    );
    expect(parts(body)).toEqual([
      ['application/sdp', 'v=0\r\ns=-\r\n'],
      ['text/plain', 'text with --a b in it'],
    ]);
    const [first] = readParts(mixed, body) ?? [];
    expect(first?.headers.get('content-disposition')).toBe('session; handling=required');
  });

  it('finds none where there is none, and empty ones', () => {
    expect(parts('--a b--')).toEqual([]);
    expect(parts(lines('--a b', 'content-type: x/y', '', '', '--a b--'))).toEqual([['x/y', '']]);
    expect(parts(lines('--a b', '', '--a b--'))).toEqual([['text/plain', '']]);
  });

  it.each([
    ['that does not end', lines('--a b', '', 'x')],
    ['that never begins', 'x'],
    ['of which a part has no end of its headers', lines('--a b', 'content-type: x/y', '--a b--')],
    ['of which a part has a broken type', lines('--a b', 'content-type: x', '', 'x', '--a b--')],
    ['of too many parts', `${lines('--a b', '', 'x', '').repeat(17)}--a b--`],
  ])('refuses one %s', (_, body) => {
    expect(parts(body)).toBeUndefined();
  });

  it('refuses what is of one part, or has no delimiter or too long a one', () => {
    for (const type of ['text/plain', 'multipart/mixed', `multipart/mixed;boundary=${'x'.repeat(71)}`])
      expect(parts('--x--', parseMediaType(type))).toBeUndefined();
  });

  it('reads a large body at once', () => {
    const body = `${lines('--a b', '', '\r\n--a'.repeat(15_000), '')}--a b--`;
    expect(parts(body)).toHaveLength(1);
  });
});
