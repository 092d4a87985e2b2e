import { Fault } from '../fault.ts';
import { unsafeValue } from '../faults.ts';
import { isUserText } from '../message/characters.ts';

/** Decodes `%HH`; undefined when an escape is broken (RFC 3261 §19.1.2). The result is latin1 like its input. */
export function unescapeText(text: string): string | undefined {
  return decode(text, '');
}

/**
 * Decodes all `%HH` but those of reserved characters, which are written in upper case: two texts are equivalent when
 * they come out the same (RFC 3261 §19.1.4).
 */
export function normaliseEscapes(text: string): string | undefined {
  return decode(text, ';/?:@&=+$,%');
}

function decode(text: string, kept: string): string | undefined {
  if (!text.includes('%')) return text;
  let out = '';
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== 37) {
      out += text[at];
      continue;
    }
    const code = hexPair(text, at + 1);
    if (code === -1) return undefined;
    const character = String.fromCharCode(code);
    out += kept.includes(character) ? escapeCharacter(character) : character;
    at += 2;
  }
  return out;
}

function hexPair(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Escapes what may not stand in the user part of a URI. The user is latin1: one character is one octet. */
export function escapeUser(user: string): string {
  let out = '';
  for (const character of user) {
    out += isUserText(character) && character !== '%' ? character : escapeCharacter(character);
  }
  return out;
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (code > 255) throw new Fault(unsafeValue, `user part: character ${code}`);
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}
