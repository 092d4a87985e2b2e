/** What gives a secret away, or a login that everybody knows. */
const patterns: Readonly<Record<string, RegExp>> = {
  'a private key': /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}/,
  'a key of a cloud': /\bAKIA[0-9A-Z]{16}\b/,
  'a token of a forge': /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
  'a token that is signed': /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
  'a login that everybody knows': /\b(?:super)?admin["']?[:/ ]["']?admin\b|\bsuperadmin\b|\broot:toor\b/i,
};

/** What of that is in a text. */
export function secretsIn(text: string): string[] {
  return Object.keys(patterns).filter((what) => patterns[what]?.test(text));
}
