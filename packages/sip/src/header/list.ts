import { trimSpace } from '../message/characters.ts';
import { quotedEnd } from './params.ts';

/**
 * The index of the comma that ends the list element which starts at `start`, or `end`.
 * Commas within quotes and angle brackets do not count.
 */
export function elementEnd(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 44) return at;
    if (code === 34) {
      const close = quotedEnd(text, at);
      if (close === -1 || close > end) return end;
      at = close - 1;
    } else if (code === 60) {
      const close = text.indexOf('>', at);
      if (close === -1 || close >= end) return end;
      at = close;
    }
  }
  return end;
}

/** The elements of a comma list, trimmed (RFC 3261 §7.3.1). Empty elements are kept: the grammar has none. */
export function splitList(value: string): string[] {
  if (!value.includes(',')) return [trimSpace(value)];
  const elements: string[] = [];
  for (let start = 0; start <= value.length; ) {
    const end = elementEnd(value, start, value.length);
    elements.push(trimSpace(value.slice(start, end)));
    start = end + 1;
  }
  return elements;
}
