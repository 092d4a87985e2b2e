import { isSafePattern } from 'redos-detector';
import { describe, expect, it } from 'vitest';
import { type Literal, literalsOf, makersOf } from './regular-expressions.ts';

/** Whatever reads what comes from a peer. */
const folders = [
  'packages/datagram/src',
  'packages/location/src',
  'packages/rtp/src',
  'packages/sdp/src',
  'packages/sip/src',
  'services/edge/src',
  'services/media/src',
  'services/router/src',
];
const literals = literalsOf(folders);

/** How often an expression may try another way at the same text. */
const maxScore = 50;
const timeout = 30_000;

/**
 * What the detector counts against an expression without `^`: it may begin at many places. Each of these stops, wherever
 * it begins, before it comes to the next place where it could begin, so that all of them together read the text once.
 */
const disjoint: ReadonlyMap<string, string> = new Map([
  ['<([^<>]*)>', 'It begins at `<`, and reads up to the next one.'],
  ['username="([^"]*)"', 'It reads up to the next quote, and another beginning has one in it.'],
  ['(\\bresponse\\s*=\\s*)("[^"]*"|[^,\\s]*)', 'As above, or up to the next space or comma.'],
  [';\\s*refresher\\s*=\\s*uas\\s*(?:;|$)', 'It begins at a semicolon, and reads spaces and fixed words.'],
]);

function verdict({ flags, pattern }: Pick<Literal, 'flags' | 'pattern'>): ReturnType<typeof isSafePattern> {
  return isSafePattern(pattern, {
    caseInsensitive: flags.includes('i'),
    dotAll: flags.includes('s'),
    multiLine: flags.includes('m'),
    unicode: flags.includes('u'),
    maxScore,
    timeout,
  });
}

describe('a regular expression over what comes from the wire', () => {
  const others = literals.filter(({ pattern }) => !disjoint.has(pattern));
  const rows = others.map((each) => [`/${each.pattern}/${each.flags}`, each.place, each] as const);

  it.each(rows)('does not go back: %s in %s', { timeout: 2 * timeout }, (_, _place, literal) => {
    expect(verdict(literal)).toMatchObject({ safe: true });
  });

  it('is a literal, so that it can be looked at', () => {
    expect(literals.length).toBeGreaterThan(20);
    expect(makersOf(folders)).toEqual([]);
  });

  it.each([...disjoint.keys()])('is an exception only while it is there: %s', (pattern) => {
    expect(literals.map((literal) => literal.pattern)).toContain(pattern);
  });

  it.each([
    ['(a+)+$', ''],
    // A Call-ID with spaces within, at which this took seconds.
    ['^(?:Call-ID|i)[ \\t]*:[ \\t]*([^\\r\\n]*?)[ \\t]*$', 'im'],
  ])('is found when it goes back: %s', { timeout: 2 * timeout }, (pattern, flags) => {
    expect(verdict({ pattern, flags })).toMatchObject({ safe: false });
  });
});
