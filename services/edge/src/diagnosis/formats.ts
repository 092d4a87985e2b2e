import { describe, isTelephoneEvent, type MediaDescription } from '@tandem/sdp';
import { Fault } from '@tandem/sip';
import type { Said } from './said.ts';

/** What speaks for a call that was refused for its media: both lists, and what is missing. */
export function formatEvidence(
  offer: string | undefined,
  supported: string | undefined,
  { warningCodes }: Said,
): string[] {
  const [offered, taken] = [read(offer), read(supported)];
  if (offered.length === 0) return [];
  return [
    `offered: ${list(offered)}`,
    `supported: ${taken.length === 0 ? 'the answer does not say' : list(taken)}`,
    `missing: ${taken.length === 0 ? guess(offered, warningCodes) : missing(offered, taken)}`,
  ];
}

/** A description that cannot be read says nothing. */
function read(sdp: string | undefined): readonly MediaDescription[] {
  if (sdp === undefined) return [];
  try {
    return describe(sdp).filter(({ port }) => port !== 0);
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}

/** `audio RTP/AVP PCMU/8000, opus/48000`. */
function list(streams: readonly MediaDescription[]): string {
  const each = streams.map(({ kind, protocol, codecs, formats }) => {
    const names = codecs.length > 0 ? codecs.map(({ name, clockRate }) => `${name}/${clockRate}`) : formats;
    return `${kind} ${protocol} ${names.join(', ')}`;
  });
  return each.join('; ').slice(0, 300);
}

/** By what they answer. */
function missing(offered: readonly MediaDescription[], taken: readonly MediaDescription[]): string {
  for (const { kind, protocol, codecs } of offered) {
    const theirs = taken.filter((each) => each.kind === kind);
    if (theirs.length === 0) return `${kind}`;
    if (theirs.every((each) => isSecured(each) !== isSecured({ protocol })))
      return isSecured({ protocol })
        ? `crypto: ${protocol} is not spoken there`
        : 'crypto: the offer has none';
    if (theirs.every((each) => isIce(each) !== isIce({ protocol }))) return `ICE and DTLS: ${protocol}`;
    const known = new Set(theirs.flatMap((each) => each.codecs).map(({ name }) => name.toLowerCase()));
    const isCommon = codecs.some((codec) => !isTelephoneEvent(codec) && known.has(codec.name.toLowerCase()));
    if (!isCommon) return `codec: none in common`;
  }
  return 'codec: the same names, with other parameters';
}

/** By what was offered, and the code of the warning (RFC 3261 §20.43). */
function guess(offered: readonly MediaDescription[], codes: readonly number[]): string {
  if (codes.includes(304)) return 'a kind of media';
  if (codes.includes(305)) return 'codec';
  const unusual = offered.find(isIce) ?? offered.find(isSecured);
  if (unusual)
    return `${isIce(unusual) ? 'ICE and DTLS' : 'crypto'}: ${unusual.protocol} may not be spoken there`;
  return codes.includes(302) ? 'transport protocol' : 'codec';
}

function isSecured({ protocol }: Pick<MediaDescription, 'protocol'>): boolean {
  return protocol.toUpperCase().includes('SAVP');
}

function isIce({ protocol }: Pick<MediaDescription, 'protocol'>): boolean {
  return protocol.toUpperCase().startsWith('UDP/TLS/');
}
