import { trimSpace } from '../message/characters.ts';
import { type DigestAlgorithm, readAlgorithm } from './algorithm.ts';
import { parseDigestParams, quote } from './auth-params.ts';

/** A value of WWW-Authenticate or Proxy-Authenticate that can be answered (RFC 7616 §3.3). */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  /** The algorithm is the `-sess` variant. */
  readonly session: boolean;
  /** The last answer was right, its nonce was not: answer again without asking the user. */
  readonly stale: boolean;
  /** What is offered; empty in the form of RFC 2069. */
  readonly qop: readonly string[];
  readonly opaque?: string;
}

/** Reads a challenge; undefined when its grammar is broken or its scheme or algorithm is not spoken. */
export function parseChallenge(text: string): Challenge | undefined {
  const params = parseDigestParams(text);
  const realm = params?.get('realm');
  const nonce = params?.get('nonce');
  const spoken = readAlgorithm(params?.get('algorithm') ?? 'MD5');
  if (!params || realm === undefined || nonce === undefined || !spoken) return undefined;
  const opaque = params.get('opaque');
  const qop = (params.get('qop') ?? '').split(',').map((option) => trimSpace(option).toLowerCase());
  return {
    realm,
    nonce,
    ...spoken,
    stale: params.get('stale')?.toLowerCase() === 'true',
    qop: qop.filter((option) => option !== ''),
    ...(opaque !== undefined && { opaque }),
  };
}

/** Writes the challenge of a server of ours: always with `qop="auth"`. */
export function writeChallenge(
  challenge: Pick<Challenge, 'realm' | 'nonce' | 'algorithm' | 'stale'>,
): string {
  const stale = challenge.stale ? ', stale=true' : '';
  const { realm, nonce, algorithm } = challenge;
  return `Digest realm=${quote(realm)}, nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale}`;
}
