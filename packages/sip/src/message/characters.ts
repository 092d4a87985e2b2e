/** Character classes of RFC 3261 §25.1, as bits per character code. */
const token = 1;
const user = 2;
const parameter = 4;
const header = 8;
const host = 16;

const classes = new Uint8Array(256);

function mark(characters: string, bits: number): void {
  for (const character of characters) classes[character.charCodeAt(0)]! |= bits;
}

const alphanumeric = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
mark(alphanumeric, token | user | parameter | header | host);
mark("-.!%*_+`'~", token);
mark("-_.!~*'()%", user | parameter | header);
mark('&=+$,;?/', user);
mark('[]/:&+$', parameter);
mark('[]/?:+$&=', header);
mark('-.[]:_', host);

function allOf(text: string, start: number, end: number, bit: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 255 || (classes[code]! & bit) === 0) return false;
  }
  return true;
}

/** Whether a range is a token: at least one character, all of them allowed. */
export function isToken(text: string, start = 0, end: number = text.length): boolean {
  return end > start && allOf(text, start, end, token);
}

/** Whether a range may stand in the user part of a SIP URI (`%` counts as allowed here). */
export function isUserText(text: string): boolean {
  return allOf(text, 0, text.length, user);
}

/** Whether a range may stand in a URI parameter. */
export function isParameterText(text: string): boolean {
  return allOf(text, 0, text.length, parameter);
}

/** Whether a range may stand among the headers of a SIP URI. */
export function isHeaderText(text: string): boolean {
  return allOf(text, 0, text.length, header);
}

/** Whether a range consists of what a host name or an IP literal is made of; `_` is lenient. */
export function isHostText(text: string): boolean {
  return text.length > 0 && allOf(text, 0, text.length, host);
}

/** Space or tab. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** Linear white space, folds included. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10;
}

/** The number that a text of digits stands for; undefined when it is anything else or over `max`. */
export function digits(text: string, max: number): number | undefined {
  if (text.length === 0 || text.length > 16) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value <= max ? value : undefined;
}
