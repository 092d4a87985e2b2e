import type { Random } from './random.ts';

type Mutation = (text: string, random: Random, corpus: readonly string[]) => string;

/** Over the cap of a message, so that caps are met too. */
const maxLength = 80_000;

const delimiters = [
  ...'"<>,;:@=\\%/?[]()&*'.split(''),
  ' ',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '\r\n ',
  '\0',
  '\x7f',
  '\x80',
  '\xff',
];

/** What programming languages take for a space, and SIP does not. */
const otherSpaces = ['\x0b', '\x0c', '\x1c', '\x85', '\xa0'];

const words = [
  '__proto__',
  'constructor',
  'toString',
  '-1',
  '0',
  '256',
  '4294967296',
  '9007199254740993',
  '1e9',
  '9'.repeat(300),
  '%00',
  '%0d%0a',
  '%',
  'SIP/2.0',
  'SIP/2.0/UDP a',
  'sip:',
  'tel:',
  '[::1]',
  'z9hG4bK',
  '"',
  '""',
  '\\"',
  '<sip:a@b>',
  'a'.repeat(3000),
  '\r\n\r\n',
  '\r\nl: 0',
  '\r\nContent-Length : 5\r\n',
  '\r\nVia: SIP/2.0/UDP a\r\n',
];

const repeated = [
  '<',
  '>',
  '"',
  '\\',
  '(',
  ' ',
  '\t',
  '\r\n ',
  '\r\n',
  ',',
  ';',
  ':',
  '%',
  '%41',
  '[',
  '@',
  ';a',
  ';a=b',
  ', x',
  ',<sip:a>',
  'a:b\r\n',
  '\r',
  '\n',
  '\0',
  'é',
];

const mutations: readonly Mutation[] = [
  (text, random) => insert(text, random.below(text.length), random.pick(delimiters)),
  (text, random) => replace(text, random.below(text.length), 1, random.pick(delimiters)),
  (text, random) => replace(text, random.below(text.length), 1 + random.below(30), ''),
  (text, random) => replace(text, random.below(text.length), 1, String.fromCharCode(random.below(256))),
  (text, random) => replace(text, random.below(text.length), random.below(8), random.pick(words)),
  (text, random) => text.slice(0, random.below(text.length)),
  duplicateLine,
  swapLines,
  (text, random) => afterOne(text, random, / |[:;,=]/g, '\r\n '),
  (text, random) => replaceOne(text, random, /(?<=[:;,=<>"/]\s?)|(?=[;,<=]|\r\n)/g, random.pick(otherSpaces)),
  (text, random) => replaceOne(text, random, /(?<=(?:\r\nv(?:ia)?\s*:|,)\s?)./gi, random.pick(otherSpaces)),
  (text, random) => afterOne(text, random, /[\w-](?=\s*:)/g, random.pick([' ', '\t ', '\r\n '])),
  (text, random) => replaceOne(text, random, /\d+/g, random.pick(words)),
  (text, random) => replaceOne(text, random, /["<>[\]\\]/g, ''),
  (text, random) =>
    replaceOne(text, random, /[\w-]+(?=\s*:)/g, random.pick([...words, ...'vftimlcekosruxyb'.split('')])),
  (text, random) => insert(text, random.below(text.length), random.pick(repeated).repeat(amount(random))),
  (text, random) => afterOne(text, random, /[>;\w](?=\r\n)/g, parameters(amount(random))),
  (text, random) => afterOne(text, random, /\r\n/g, headers(random, amount(random))),
  repeatRange,
  crossOver,
  (text, random, corpus) => text + random.pick(corpus),
];

/** A text of the corpus with some mutations. */
export function mutant(random: Random, corpus: readonly string[]): string {
  let text = random.pick(corpus);
  for (let left = 1 + random.below(6); left > 0 && text !== ''; left--) {
    text = random.pick(mutations)(text, random, corpus).slice(0, maxLength);
  }
  return text;
}

/** How often something is repeated: mostly a few times, now and then more than any cap. */
function amount(random: Random): number {
  return random.below(random.pick([4, 4, 4, 70, 300, random.once(8) ? 9000 : 20]));
}

function insert(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

function replace(text: string, at: number, length: number, instead: string): string {
  return text.slice(0, at) + instead + text.slice(at + length);
}

/** Replaces one of the matches. */
function replaceOne(text: string, random: Random, pattern: RegExp, instead: string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { index, 0: match } = random.pick(matches);
  return replace(text, index, match.length, instead);
}

/** Inserts something after one of the matches. */
function afterOne(text: string, random: Random, pattern: RegExp, added: string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { index, 0: match } = random.pick(matches);
  return insert(text, index + match.length, added);
}

function duplicateLine(text: string, random: Random): string {
  const lines = text.split('\r\n');
  lines.splice(random.below(lines.length), 0, random.pick(lines));
  return lines.join('\r\n');
}

function swapLines(text: string, random: Random): string {
  const lines = text.split('\r\n');
  const [line] = lines.splice(random.below(lines.length), 1);
  lines.splice(random.below(lines.length), 0, line!);
  return lines.join('\r\n');
}

function repeatRange(text: string, random: Random): string {
  const at = random.below(text.length);
  const range = text.slice(at, at + 1 + random.below(40));
  return insert(text, at, range.repeat(amount(random)));
}

/** The beginning of one text and the end of another. */
function crossOver(text: string, random: Random, corpus: readonly string[]): string {
  const other = random.pick(corpus);
  return text.slice(0, random.below(text.length)) + other.slice(random.below(other.length));
}

function parameters(count: number): string {
  return Array.from({ length: count }, (_, index) => `;p${index}="x"`).join('');
}

function headers(random: Random, count: number): string {
  const line = random.pick([
    'X: y',
    'Via: SIP/2.0/UDP a',
    'm: <sip:a@b>',
    'l: 1',
    'From: <sip:a>',
    'no colon',
    ': x',
    'a\0: b',
  ]);
  return `${line}\r\n`.repeat(count);
}
