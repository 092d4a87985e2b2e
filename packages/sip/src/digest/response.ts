import { timingSafeEqual } from 'node:crypto';
import { type DigestAlgorithm, digestOf, readAlgorithm } from './algorithm.ts';
import type { Credentials } from './credentials.ts';

/** H(username:realm:password) in hex: all that a server needs to keep of a password (RFC 7616 §3.4.2). */
export function computeHa1(
  algorithm: DigestAlgorithm,
  username: string,
  realm: string,
  password: string,
): string {
  return digestOf(algorithm, `${username}:${realm}:${password}`);
}

/** The response that answers a challenge (RFC 7616 §3.4.1), in hex. */
export function computeResponse(
  algorithm: DigestAlgorithm,
  session: boolean,
  ha1: string,
  method: string,
  credentials: Omit<Credentials, 'response'>,
): string {
  const { nonce, cnonce, nc, qop, uri } = credentials;
  const secret = session ? wireDigest(algorithm, `${ha1}:${nonce}:${cnonce ?? ''}`) : ha1;
  const ha2 = wireDigest(algorithm, `${method}:${uri}`);
  const protection = qop === undefined ? '' : `${nc}:${cnonce}:${qop}:`;
  return wireDigest(algorithm, `${secret}:${nonce}:${protection}${ha2}`);
}

/** Wire text holds one byte per character; of ASCII the bytes are the same in UTF-8, and need no copy. */
function wireDigest(algorithm: DigestAlgorithm, text: string): string {
  return digestOf(algorithm, /[^\0-\x7f]/.test(text) ? Buffer.from(text, 'latin1') : text);
}

/** What is known when credentials are verified. */
export interface Verification {
  readonly method: string;
  /** HA1 of the user in the realm of the credentials, for their algorithm. */
  readonly ha1: string;
  /** Accept the form of RFC 2069, which has no protection against replay. */
  readonly legacy?: boolean;
}

/** Whether the response proves the knowledge of HA1. The comparison takes the same time wherever it fails. */
export function verifyResponse(credentials: Credentials, verification: Verification): boolean {
  const spoken = readAlgorithm(credentials.algorithm);
  if (!spoken || !isAcceptableQop(credentials.qop, verification.legacy ?? false)) return false;
  const { method, ha1 } = verification;
  const expected = Buffer.from(computeResponse(spoken.algorithm, spoken.session, ha1, method, credentials));
  const given = Buffer.from(credentials.response.toLowerCase());
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function isAcceptableQop(qop: string | undefined, legacy: boolean): boolean {
  return qop === undefined ? legacy : qop === 'auth';
}
