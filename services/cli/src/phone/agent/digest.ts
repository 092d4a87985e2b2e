import { randomBytes } from 'node:crypto';
import {
  answerChallenge,
  challengeUnsupported,
  Edit,
  Fault,
  parseChallenge,
  type SipRequest,
  type SipResponse,
} from '@tandem/sip';
import type { Account } from '../account.ts';

/** The challenges of one response, and how often its nonce was used. */
interface Met {
  readonly challenges: readonly string[];
  uses: number;
}

/** Answers challenges, and uses their nonces again for later requests (RFC 7616 §3.4, RFC 3261 §22). */
export class Digest {
  readonly #account: Account;
  readonly #met = new Map<'Authorization' | 'Proxy-Authorization', Met>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Takes the challenges of a 401 or 407 for `authorize`. Throws when none of them can, or may, be answered. */
  learn(response: SipResponse): void {
    const proxy = response.status === 407;
    const all = response.values(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate');
    const challenges = all.filter((text) => this.#speaks(text));
    if (challenges.length === 0) throw new Fault(challengeUnsupported, all.join(' | '));
    // Tried before it is kept: a challenge of a foreign realm must not spoil the requests that follow.
    this.#answer(challenges, { method: response.cseq.method, uri: '', nonceCount: 1 });
    this.#met.set(proxy ? 'Proxy-Authorization' : 'Authorization', { challenges, uses: 0 });
  }

  /** The text of a request with credentials for all challenges that were met. */
  authorize(request: SipRequest): string {
    const { method, uri } = request;
    const edit = new Edit(request);
    for (const [header, met] of this.#met) {
      edit.append(header, this.#answer(met.challenges, { method, uri, nonceCount: ++met.uses }));
    }
    return edit.write();
  }

  #speaks(text: string): boolean {
    const algorithm = parseChallenge(text)?.algorithm;
    const { algorithms } = this.#account;
    return algorithm !== undefined && (algorithms === undefined || algorithms.includes(algorithm));
  }

  #answer(
    challenges: readonly string[],
    request: { method: string; uri: string; nonceCount: number },
  ): string {
    const { user, authUser = user, password, domain, realm = domain } = this.#account;
    const cnonce = randomBytes(8).toString('hex');
    return answerChallenge(challenges, { username: authUser, password, realm }, { ...request, cnonce });
  }
}
