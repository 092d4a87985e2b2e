import { Fault, type SipRequest, type SipResponse } from '@tandem/sip';
import { answerMissing, callNotInProgress, sessionChangeRefused } from '../faults.ts';
import type { RequestListener } from './client-request.ts';
import { type AgentCore, sdpOf, sdpType } from './core.ts';
import { Deadline } from './deadline.ts';
import type { DialogContent, DialogUser } from './dialog-user.ts';

/** What a change needs of its dialog. */
interface Changing {
  /** We wrote the Call-ID. */
  readonly isCaller: boolean;
  readonly contact: readonly [string, string];
  /** An INVITE of the peer is not settled. */
  readonly isBusy: boolean;
  send(method: string, content: DialogContent, listener: RequestListener): void;
  acknowledge(sent: SipRequest): void;
  refresh(response: SipResponse): void;
  endedBy(response: SipResponse): void;
}

/** Milliseconds that the answer to a re-INVITE may take. */
const answerTime = 32_000;

/** A re-INVITE of ours, tried again after glare (RFC 3261 §14.1). */
export class SessionChange implements RequestListener {
  /** Settles when the peer has answered the offer; rejects with a Fault when it did not. */
  readonly settled: Promise<void>;
  /** The INVITE is sent and has no final response. */
  inProgress = false;
  readonly #core: AgentCore;
  readonly #dialog: Changing;
  readonly #user: Pick<DialogUser, 'session' | 'negotiated'>;
  readonly #retry: Deadline;
  readonly #done = Promise.withResolvers<void>();

  constructor(core: AgentCore, dialog: Changing, user: Pick<DialogUser, 'session' | 'negotiated'>) {
    this.#core = core;
    this.#dialog = dialog;
    this.#user = user;
    this.settled = this.#done.promise;
    this.#retry = new Deadline(core.layer.wheel, () => this.#send());
    this.#send();
  }

  final(response: SipResponse, sent: SipRequest): void {
    if (response.status < 300) this.#accepted(response, sent);
    else this.#refused(response);
  }

  failed(fault: Fault): void {
    this.#close();
    this.#done.reject(fault);
  }

  /** The call is over, or the session is changed once more. */
  stop(): void {
    if (this.inProgress || this.#retry.armed) {
      this.#retry.cancel();
      this.failed(new Fault(callNotInProgress, 'the call has ended, or its session was changed again'));
    }
  }

  #send(): void {
    if (this.#dialog.isBusy) {
      this.#wait();
      return;
    }
    const body = this.#user.session.offer();
    this.inProgress = true;
    const headers = [this.#dialog.contact, sdpType];
    this.#dialog.send('INVITE', { headers, body, ringTime: answerTime }, this);
  }

  #accepted(response: SipResponse, sent: SipRequest): void {
    this.#dialog.refresh(response);
    this.#dialog.acknowledge(sent);
    // A repeated 2xx, or one that came too late, needs no more than its ACK.
    if (!this.inProgress) return;
    try {
      const sdp = sdpOf(response);
      if (sdp === undefined) throw new Fault(answerMissing, `${response.status} ${response.reason}`);
      this.#user.session.accept(sdp);
      this.#close();
      this.#user.negotiated();
      this.#done.resolve();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.failed(error);
    }
  }

  #refused(response: SipResponse): void {
    this.#close();
    if (response.status === 491) this.#wait();
    else {
      this.#dialog.endedBy(response);
      this.failed(new Fault(sessionChangeRefused, `${response.status} ${response.reason}`));
    }
  }

  #close(): void {
    this.inProgress = false;
    this.#user.session.settle();
  }

  #wait(): void {
    this.#retry.set(this.#core.clock() + this.#glareDelay());
  }

  /** §14.1: who wrote the Call-ID waits 2.1 to 4 s, the other up to 2 s, in steps of 10 ms. */
  #glareDelay(): number {
    const steps = this.#dialog.isCaller ? 210 + this.#core.random() * 190 : this.#core.random() * 200;
    return 10 * Math.floor(steps);
  }
}
