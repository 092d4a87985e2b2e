import { randomBytes } from 'node:crypto';
import type { edge } from '@tandem/contract';
import { type Trunk, trunkRealms } from '@tandem/resource';
import { DigestClient, Fault, isStale } from '@tandem/sip';
import { challengeRefused, registrarForbids } from './faults.ts';

/** How often each kind of challenge was met within one exchange, by status. */
export type Met = Map<number, number>;

/** Answers what a trunk asks for credentials, in its own realms alone: nobody else ever gets a digest of its password. */
export class Challenges {
  readonly #trunk: Trunk;
  readonly #digest: DigestClient | undefined;

  constructor(trunk: Trunk) {
    const { auth } = trunk;
    this.#trunk = trunk;
    this.#digest =
      auth &&
      new DigestClient({
        account: { username: auth.username, password: auth.password.reveal(), realm: trunkRealms(trunk) },
        cnonce: () => randomBytes(8).toString('hex'),
      });
  }

  /** Credentials for all challenges that were met. */
  headers(method: string, uri: string): edge.HeaderField[] {
    const credentials = this.#digest?.credentials(method, uri) ?? [];
    return credentials.map(([name, value]) => ({ name, value }));
  }

  /**
   * Takes a 401 or 407; why it is not answered, otherwise. A second one of a kind means that the credentials were wrong,
   * unless only their nonce was.
   */
  learn(answer: edge.Answer, met: Met): Fault | undefined {
    const { status, reason } = answer;
    const challenges = valuesOf(answer, status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate');
    const times = met.get(status) ?? 0;
    met.set(status, times + 1);
    if (!this.#digest) return new Fault(challengeRefused, `${status} ${reason}, and the trunk has no auth`);
    if (times > 1 || (times === 1 && !isStale(challenges)))
      return new Fault(registrarForbids, `${status} ${reason}: the credentials were not taken`);
    try {
      this.#digest.learn(status, challenges);
      return undefined;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const realms = trunkRealms(this.#trunk).join(', ');
      return new Fault(challengeRefused, `${status} ${reason}: ${error.detail}; answered are ${realms}`);
    }
  }
}

/** Values of a header of an answer. */
export function valuesOf({ headers }: edge.Answer, name: string): string[] {
  return headers.filter((header) => header.name === name).map(({ value }) => value);
}
