const credentials = /^((?:proxy-)?authorization[ \t]*:)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)/gim;
const digestResponse = /(\bresponse\s*=\s*)("[^"]*"|[^,\s]*)/gi;
const masterKeys = /(^a=crypto:.*?\binline:)[^\s|]+/gim;

/** A message without what proves who sent it, and without the keys of its media. */
export function redact(text: string): string {
  // Responses carry no credentials.
  const head = text.startsWith('SIP/2.0') ? text : text.replace(credentials, withoutProof);
  return head.includes('inline:') ? head.replace(masterKeys, '$1***') : head;
}

/** Of Digest only the answer is secret: all else of it helps to find what is wrong. */
function withoutProof(_: string, name: string, value: string): string {
  const isDigest = /^\s*digest\s/i.test(value);
  return isDigest && value.search(digestResponse) >= 0
    ? name + value.replace(digestResponse, '$1"***"')
    : `${name} ***`;
}
