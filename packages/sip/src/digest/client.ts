import { Fault } from '../fault.ts';
import { challengeUnsupported } from '../faults.ts';
import type { DigestAlgorithm } from './algorithm.ts';
import { type Account, answerChallenge } from './answer.ts';
import { parseChallenge } from './challenge.ts';

/** The header that answers a challenge: of the server itself (401), or of a proxy on the way (407). */
export type CredentialsHeader = 'Authorization' | 'Proxy-Authorization';

/** The challenges of one response, and how often its nonce was used. */
interface Met {
  readonly challenges: readonly string[];
  uses: number;
}

export interface DigestClientOptions {
  readonly account: Account;
  /** The algorithms that may be used; all when undefined. */
  readonly algorithms?: readonly DigestAlgorithm[] | undefined;
  /** Fresh random text. */
  readonly cnonce: () => string;
}

/** Answers challenges, and uses their nonces again for later requests (RFC 7616 §3.4, RFC 3261 §22). */
export class DigestClient {
  readonly #options: DigestClientOptions;
  readonly #met = new Map<CredentialsHeader, Met>();

  constructor(options: DigestClientOptions) {
    this.#options = options;
  }

  /**
   * Takes the challenges of a 401 or 407. Throws `challenge-unsupported` or `challenge-foreign` when none of them can, or
   * may, be answered.
   */
  learn(status: number, offered: readonly string[]): void {
    const challenges = offered.filter((text) => this.#speaks(text));
    if (challenges.length === 0) throw new Fault(challengeUnsupported, offered.join(' | '));
    // Tried before it is kept: a challenge of a foreign realm must not spoil the requests that follow.
    this.#answer(challenges, { method: '', uri: '', nonceCount: 1 });
    this.#met.set(status === 407 ? 'Proxy-Authorization' : 'Authorization', { challenges, uses: 0 });
  }

  /** Credentials for all challenges that were met. */
  credentials(method: string, uri: string): (readonly [CredentialsHeader, string])[] {
    return Array.from(this.#met, ([header, met]) => {
      met.uses++;
      return [header, this.#answer(met.challenges, { method, uri, nonceCount: met.uses })] as const;
    });
  }

  #speaks(text: string): boolean {
    const algorithm = parseChallenge(text)?.algorithm;
    const { algorithms } = this.#options;
    return algorithm !== undefined && (algorithms === undefined || algorithms.includes(algorithm));
  }

  #answer(
    challenges: readonly string[],
    request: { readonly method: string; readonly uri: string; readonly nonceCount: number },
  ): string {
    const { account, cnonce } = this.#options;
    return answerChallenge(challenges, account, { ...request, cnonce: cnonce() });
  }
}

/** Whether one of the challenges says that only the nonce was wrong (RFC 7616 §3.3). */
export function isStale(challenges: readonly string[]): boolean {
  return challenges.some((text) => parseChallenge(text)?.stale);
}
