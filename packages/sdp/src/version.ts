import { readSections, writeLines } from './line.ts';

/** Digits of a version: more do not fit into 64 bits. */
const maxDigits = 20;

/** Raises the version in `o=` (RFC 8866 §5.2); a description without one that is a number stays as it is. */
export function raiseVersion(sdp: string, by: number): string {
  if (by === 0) return sdp;
  const { session, media, rest } = readSections(sdp);
  const lines = session.map((line) => (line.type === 'o' ? { ...line, value: raise(line.value, by) } : line));
  return writeLines(lines) + media.map(writeLines).join('') + rest;
}

function raise(value: string, by: number): string {
  // As for the address: told from the end, since some write a space into the user name.
  const fields = value.split(' ');
  const at = fields.length - 4;
  const version = fields[at];
  if (version === undefined || !/^\d+$/.test(version) || version.length > maxDigits) return value;
  return fields.with(at, String(BigInt(version) + BigInt(by))).join(' ');
}
