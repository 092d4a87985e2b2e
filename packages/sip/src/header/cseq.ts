import { digits, isSpace, isToken, trimSpace } from '../message/characters.ts';

/** RFC 3261 §20.16. */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** RFC 3261 §8.1.1.5: less than 2^31. */
const maxSequence = 2 ** 31 - 1;

/** Reads a CSeq value; undefined when its grammar is broken. */
export function parseCSeq(text: string): CSeq | undefined {
  let end = 0;
  while (end < text.length && !isSpace(text.charCodeAt(end))) end++;
  const number = digits(text.slice(0, end), maxSequence);
  const method = trimSpace(text.slice(end));
  return number === undefined || !isToken(method) ? undefined : { number, method };
}
