import type { event } from '@tandem/contract';
import { hostOf, parseNameAddr, parseUri, type SipResponse } from '@tandem/sip';
import type { Destination } from './destination.ts';

/** Digits by which a number is known again, whatever stands before them. */
const significant = 6;

/**
 * What a trunk says of the number that it was sent; undefined where it says nothing. P-Asserted-Identity in a response is who
 * was reached (RFC 3325 §9.1): what is neither that number nor the caller's has been put in its place.
 */
export function returnedNumber(
  { headers = [], identity, outside, uri }: Destination,
  response: SipResponse,
): event.ReturnedNumber | undefined {
  if (!outside || !identity?.trunk) return undefined;
  const shown = headers.findLast(([name]) => name === 'P-Asserted-Identity')?.[1] ?? outside.from;
  const sent = numberIn(shown);
  const found = sent && (assertedIn(response) ?? changedFrom(response, outside.from));
  if (!found) return undefined;
  const { isCaller, header, returned } = found;
  const known = isCaller ? [sent] : [sent, numberIn(uri)];
  return { sent, returned, header, replaced: !known.some((number) => isSame(number, returned)) };
}

/** A number that a response has. */
interface Found {
  readonly header: string;
  readonly returned: string;
  /** It is said to be the caller's. */
  readonly isCaller: boolean;
}

function assertedIn(response: SipResponse): Found | undefined {
  for (const header of ['P-Asserted-Identity', 'Remote-Party-ID'] as const) {
    const value = response.has(header) ? response.elements(header)[0] : undefined;
    const returned = value === undefined ? '' : numberIn(value);
    if (returned !== '') return { header, returned, isCaller: isCalling(value!) };
  }
  return undefined;
}

function isCalling(value: string): boolean {
  return parseNameAddr(value)?.params.get('party')?.toLowerCase() === 'calling';
}

/** RFC 3261 §8.2.6.2 has From as it was; some write the number there that they show instead. */
function changedFrom({ from }: SipResponse, shown: string): Found | undefined {
  const sent = parseNameAddr(shown)?.uri;
  if (sent === undefined || from.uri === sent) return undefined;
  const returned = numberIn(from.uri);
  const isChanged = returned !== '' && returned !== numberIn(sent);
  return isChanged ? { header: 'From', returned, isCaller: true } : undefined;
}

/** The number of a URI or a name-addr; empty when it has none, or is nobody's. */
function numberIn(value: string): string {
  const uri = parseUri(parseNameAddr(value)?.uri ?? value);
  if (!uri || (uri.scheme !== 'tel' && hostOf(value) === 'anonymous.invalid')) return '';
  const text = uri.scheme === 'tel' ? uri.number : (uri.user ?? '');
  const number = text.replaceAll(/[-.()]/g, '');
  return /^\+?\d{3,32}$/.test(number) ? number : '';
}

/** In whatever spelling: with a country code, with the digits that lead out of one, or in neither way. */
function isSame(one: string, other: string): boolean {
  const [longer, shorter] = [one, other]
    .map((number) => number.replace(/^\+|^0+/, ''))
    .toSorted((a, b) => b.length - a.length);
  return longer === shorter || (shorter!.length >= significant && longer!.endsWith(shorter!));
}
