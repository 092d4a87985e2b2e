/** What a terminal would obey; tab, line feed and a carriage return before one are text. */
const control = /\p{Cc}/gu;
const plain = new Set(['\t', '\n']);

/** Text of a message as a terminal may show it: octets as UTF-8, and nothing that a terminal would obey. */
export function printable(text: string): string {
  const isOctets = !/[^\0-\xff]/.test(text);
  const decoded = isOctets ? Buffer.from(text, 'latin1').toString('utf8') : text;
  return decoded.replace(control, (character, at: number) => {
    const isLineEnd = character === '\r' && decoded[at + 1] === '\n';
    return plain.has(character) || isLineEnd ? character : escaped(character);
  });
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
