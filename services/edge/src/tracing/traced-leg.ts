import type { Span } from '@tandem/platform';
import type { SipResponse, TransactionFailure } from '@tandem/sip';
import type { ClientUser } from '../parts.ts';

/** One target of a request: what it answers are events of its span. */
export class TracedLeg implements ClientUser {
  readonly #user: ClientUser;
  readonly #span: Span;
  #last = 0;

  constructor(user: ClientUser, span: Span) {
    this.#user = user;
    this.#span = span;
  }

  response(response: SipResponse): void {
    const { status, reason } = response;
    if (status !== this.#last && this.#span.isRecording()) this.#note(status, reason);
    this.#user.response(response);
  }

  failed(cause: TransactionFailure): void {
    this.#span.setStatus({ code: 2, message: cause });
    this.#span.end();
    this.#user.failed(cause);
  }

  #note(status: number, reason: string): void {
    this.#last = status;
    this.#span.addEvent(`${status} ${reason}`);
    if (status < 200) return;
    this.#span.setAttribute('sip.status', status);
    this.#span.end();
  }
}
