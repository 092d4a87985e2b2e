/** A text in UTF-8 as it goes over the wire: latin1, a character for each octet (RFC 3261 §25.1). */
export function wireText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
