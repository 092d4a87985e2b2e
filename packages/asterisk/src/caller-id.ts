/** What `callerid` says: `"Alice Smith" <1001>`, `Alice <1001>`, `<1001>` or `1001`. */
export function parseCallerId(text: string): { readonly name?: string; readonly number?: string } {
  const [, before = '', inside] = /^([^<]*)(?:<([^>]*)>)?/.exec(text) ?? [];
  const words = before
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
  const number = (inside ?? (/^[+\d][\d()\s.-]*$/.test(words) ? words : '')).replace(/[()\s-]/g, '');
  const name = inside === undefined && number !== '' ? '' : words;
  return { ...(name !== '' && { name }), ...(number !== '' && { number }) };
}
