import { attributeName, type Section } from './line.ts';
import { replacePort } from './media-line.ts';

/** To which group a stream belongs (RFC 5888): it stands there whether it is on or off. */
const bare = new Set(['mid']);

/** A stream that is off (RFC 3264 §5.1, §6): its place among the others stays, as do its formats. */
export function emptied([line, ...others]: Section): Section {
  const kept = others.filter((other) => other.type !== 'a' || bare.has(attributeName(other) ?? ''));
  return [{ ...line!, value: replacePort(line!.value, 0) }, ...kept];
}
