import { parseMessage, SipResponse } from '@tandem/sip';
import type { ClientUser, EdgeParts } from './parts.ts';
import type { Dismissal } from './proxy-owner.ts';
import type { Flow } from './socket/flow.ts';

/** What was answered, to whom, and what is done with the answers of others. */
export interface AnsweredRequestParts {
  readonly send: EdgeParts['send'];
  /** Where the request came from. */
  readonly source: Flow;
  /** In our Via of the request that was answered. */
  readonly branch: string;
  /** The 2xx that went upstream. */
  readonly sent: string;
  readonly late: Dismissal;
}

/**
 * What is left of an INVITE for as long as phones may repeat their 2xx (RFC 6026 §8.4). At a thousand calls a second
 * there are thirty thousand of them: it refers to nothing that is large.
 */
export class AnsweredRequest implements ClientUser {
  readonly #parts: AnsweredRequestParts;

  constructor(parts: AnsweredRequestParts) {
    this.#parts = parts;
  }

  response(response: SipResponse): void {
    if (response.status < 200 || response.status >= 300) return;
    const { late, send, sent, source } = this.#parts;
    if (this.#isRepeated(response)) send(sent, source);
    else late.dismiss(response);
  }

  failed(): void {}

  #isRepeated(response: SipResponse): boolean {
    if (response.via.params.get('branch') !== this.#parts.branch) return false;
    const answer = parseMessage(this.#parts.sent);
    return answer instanceof SipResponse && tagOf(answer) === tagOf(response);
  }
}

function tagOf({ to }: SipResponse): string | undefined {
  return to.params.get('tag');
}
