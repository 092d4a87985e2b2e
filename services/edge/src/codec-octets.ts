import { type OctetReader, shortText } from '@tandem/platform';
import type { CodecPolicy } from '@tandem/sdp';

/** What codecs the parties of a dialog may use, as the end of a token: names are short, and a list has 16 at most. */
export function encodeCodecs({ caller, callee }: CodecPolicy): Buffer {
  return Buffer.concat([shortText(caller.join(' ')), shortText(callee.join(' '))]);
}

export function decodeCodecs(reader: OctetReader): CodecPolicy {
  const list = (): readonly string[] => reader.shortText().split(' ').filter(Boolean);
  return { caller: list(), callee: list() };
}
