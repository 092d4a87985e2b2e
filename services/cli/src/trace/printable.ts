// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)/g;

/** Text of a message as a terminal may show it: octets as UTF-8, and nothing that a terminal would obey. */
export function printable(text: string): string {
  const isOctets = !/[^\0-\xff]/.test(text);
  const decoded = isOctets ? Buffer.from(text, 'latin1').toString('utf8') : text;
  return decoded.replace(
    control,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
