/** Character classes of RFC 3261 §25.1, as bits per character code. */
const token = 1;
const user = 2;
const password = 4;
const parameter = 8;
const header = 16;
const hostName = 32;
const address6 = 64;
const uri = 128;

const classes = new Uint8Array(256);

function mark(characters: string, bits: number): void {
  for (const character of characters) classes[character.charCodeAt(0)]! |= bits;
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const hex = '0123456789abcdefABCDEF';
mark(`${letters}0123456789`, token | user | password | parameter | header | hostName);
mark("-.!%*_+`'~", token);
mark("-_.!~*'()%", user | password | parameter | header);
mark('&=+$,', user | password);
mark(';?/', user);
mark('[]/:&+$', parameter);
mark('[]/?:+$&=', header);
// The underscore is lenient.
mark('-._', hostName);
mark(`${hex}:.`, address6);
for (let code = 33; code < 127; code++) {
  if (!'"<>'.includes(String.fromCharCode(code))) classes[code]! |= uri;
}

function allOf(text: string, start: number, end: number, bit: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 255 || (classes[code]! & bit) === 0) return false;
  }
  return true;
}

/** The index after the token that starts at `start`; `start` itself when none does. */
export function tokenEnd(text: string, start: number): number {
  let at = start;
  while ((classes[text.charCodeAt(at)]! & token) !== 0) at++;
  return at;
}

/** Whether a range is a token: at least one character, all of them allowed. */
export function isToken(text: string, start = 0, end: number = text.length): boolean {
  return end > start && allOf(text, start, end, token);
}

/** Whether a text may stand in the user part of a SIP URI (`%` counts as allowed here). */
export function isUserText(text: string): boolean {
  return allOf(text, 0, text.length, user);
}

/** Whether a text may stand in the password of a SIP URI. */
export function isPasswordText(text: string): boolean {
  return allOf(text, 0, text.length, password);
}

/** Whether a text may stand in a URI parameter. */
export function isParameterText(text: string): boolean {
  return allOf(text, 0, text.length, parameter);
}

/** Whether a text may stand among the headers of a SIP URI. */
export function isHeaderText(text: string): boolean {
  return allOf(text, 0, text.length, header);
}

/** Whether a text is of what URIs of any scheme are made of: no white space, quotes, brackets, nothing beyond ASCII. */
export function isUriText(text: string): boolean {
  return allOf(text, 0, text.length, uri);
}

/** Whether a text is a host name, an IPv4 address, or an IPv6 address in brackets. */
export function isHost(text: string): boolean {
  const last = text.length - 1;
  if (text.charCodeAt(0) !== 91) return last >= 0 && allOf(text, 0, last + 1, hostName);
  return last > 2 && text.charCodeAt(last) === 93 && allOf(text, 1, last, address6);
}

/** Space or tab. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** Linear white space, folds included. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10;
}

/** A text without linear white space around it. `trim` would take the octets A0, 0B and 0C as well: parts of words. */
export function trimSpace(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  return trimSpaceEnd(start === 0 ? text : text.slice(start));
}

/** A text without linear white space after it. */
export function trimSpaceEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
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
