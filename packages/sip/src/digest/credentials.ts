import { parseDigestParams, quote } from './auth-params.ts';

/** A value of Authorization or Proxy-Authorization (RFC 7616 §3.4). Texts are bytes in latin1, as on the wire. */
export interface Credentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** 32 or 64 hex digits. */
  readonly response: string;
  /** As written; `MD5` when absent. */
  readonly algorithm: string;
  /** Lower case; absent in the form of RFC 2069. */
  readonly qop: string | undefined;
  readonly cnonce: string | undefined;
  /** The nonce count: eight hex digits. */
  readonly nc: string | undefined;
  readonly opaque: string | undefined;
}

/** Reads credentials; undefined when the scheme is not Digest or the grammar is broken. */
export function parseCredentials(text: string): Credentials | undefined {
  const params = parseDigestParams(text);
  const username = params?.get('username');
  const realm = params?.get('realm');
  const nonce = params?.get('nonce');
  const uri = params?.get('uri');
  const response = params?.get('response');
  if (!params || username === undefined || realm === undefined) return undefined;
  if (nonce === undefined || uri === undefined || !isResponse(response)) return undefined;
  const algorithm = params.get('algorithm') ?? 'MD5';
  const qop = params.get('qop')?.toLowerCase();
  const cnonce = params.get('cnonce');
  const nc = params.get('nc');
  if (!isCounted(qop, cnonce, nc)) return undefined;
  return { username, realm, nonce, uri, response, algorithm, qop, cnonce, nc, opaque: params.get('opaque') };
}

function isResponse(text: string | undefined): text is string {
  return text !== undefined && /^(?:[0-9a-fA-F]{32}){1,2}$/.test(text);
}

/** RFC 7616 §3.4: with qop, cnonce and nc must be there. */
function isCounted(qop: string | undefined, cnonce: string | undefined, nc: string | undefined): boolean {
  if (nc !== undefined && !/^[0-9a-fA-F]{8}$/.test(nc)) return false;
  return qop === undefined || (cnonce !== undefined && nc !== undefined);
}

/** Writes credentials; what is a quoted string and what a token is as in RFC 7616 §3.4. */
export function writeCredentials(credentials: Credentials): string {
  const { username, realm, nonce, uri, response, algorithm, qop, cnonce, nc, opaque } = credentials;
  const parts = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
  ];
  if (qop !== undefined) parts.push(`qop=${qop}`, `nc=${nc}`, `cnonce=${quote(cnonce ?? '')}`);
  if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`);
  return `Digest ${parts.join(', ')}`;
}
