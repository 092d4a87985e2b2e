import { randomBytes } from 'node:crypto';
import { DigestClient, Edit, type SipRequest, type SipResponse } from '@tandem/sip';
import type { Account } from '../account.ts';

/** Answers the challenges that an account meets. */
export class Digest {
  readonly #client: DigestClient;

  constructor({ user, authUser = user, password, domain, realm = domain, algorithms }: Account) {
    this.#client = new DigestClient({
      account: { username: authUser, password, realm },
      algorithms,
      cnonce: () => randomBytes(8).toString('hex'),
    });
  }

  /** Takes the challenges of a 401 or 407 for `authorize`. Throws when none of them can, or may, be answered. */
  learn(response: SipResponse): void {
    this.#client.learn(response.status, challengesIn(response));
  }

  /** The text of a request with credentials for all challenges that were met. */
  authorize(request: SipRequest): string {
    const edit = new Edit(request);
    for (const [header, value] of this.#client.credentials(request.method, request.uri))
      edit.append(header, value);
    return edit.write();
  }
}

/** The challenges of a 401 or 407. */
export function challengesIn(response: SipResponse): string[] {
  return response.values(response.status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate');
}
