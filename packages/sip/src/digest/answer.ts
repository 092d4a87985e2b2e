import { Fault } from '../fault.ts';
import { challengeForeign, challengeUnsupported } from '../faults.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { type Credentials, writeCredentials } from './credentials.ts';
import { computeHa1, computeResponse } from './response.ts';

/** Whom a client is, and to whom it may say so. */
export interface Account {
  readonly username: string;
  readonly password: string;
  /**
   * The realm that the account belongs to. A challenge of another realm is never answered: whoever is called could
   * ask for our password's digest (CVE-2021-41158). `any` is for a client that talks to one server only.
   */
  readonly realm: string | readonly string[] | { readonly any: true };
}

/** The request that was challenged. */
export interface Challenged {
  readonly method: string;
  /** The Request-URI, as written. */
  readonly uri: string;
  /** Fresh random text of the client's own. */
  readonly cnonce: string;
  /** 1 for the first request that uses the nonce, then one more each time. */
  readonly nonceCount: number;
}

/**
 * The value of Authorization or Proxy-Authorization that answers the first challenge which can be answered
 * (RFC 8760 §2.4: the topmost is the preferred one). Throws `challenge-unsupported` or `challenge-foreign`.
 */
export function answerChallenge(
  challenges: readonly string[],
  account: Account,
  request: Challenged,
): string {
  const spoken = challenges.map(parseChallenge).filter((challenge) => challenge && isAnswerable(challenge));
  const { realm } = account;
  const ours = spoken.find((challenge) => challenge && isOurs(realm, challenge));
  if (ours) return answer(ours, account, request);
  const foreign = spoken[0];
  if (foreign) throw new Fault(challengeForeign, `realm ${JSON.stringify(foreign.realm)}`);
  throw new Fault(challengeUnsupported, challenges.join(' | '));
}

function isOurs(own: Account['realm'], { realm }: Challenge): boolean {
  if (typeof own === 'string') return own === realm;
  return 'any' in own || own.includes(realm);
}

function isAnswerable(challenge: Challenge): boolean {
  // `-sess` needs a cnonce, which the form without qop does not carry.
  return challenge.qop.length === 0 ? !challenge.session : challenge.qop.includes('auth');
}

function answer(challenge: Challenge, account: Account, request: Challenged): string {
  const { algorithm, session, nonce, realm, opaque } = challenge;
  const isCounted = challenge.qop.length > 0;
  const credentials: Omit<Credentials, 'response'> = {
    username: wire(account.username),
    realm,
    nonce,
    uri: request.uri,
    algorithm: session ? `${algorithm}-sess` : algorithm,
    qop: isCounted ? 'auth' : undefined,
    nc: isCounted ? request.nonceCount.toString(16).padStart(8, '0') : undefined,
    cnonce: isCounted ? request.cnonce : undefined,
    opaque,
  };
  // The realm is wire text, HA1 is made of UTF-8 (RFC 7616 §4).
  const realmText = Buffer.from(realm, 'latin1').toString();
  const ha1 = computeHa1(algorithm, account.username, realmText, account.password);
  const response = computeResponse(algorithm, session, ha1, request.method, credentials);
  return writeCredentials({ ...credentials, response });
}

function wire(text: string): string {
  return Buffer.from(text).toString('latin1');
}
