import { Fault, type SipRequest, type SipResponse } from '@tandem/sip';
import { answerMissing } from '../faults.ts';
import { Call, type CallParts } from './call.ts';
import { ClientRequest, type RequestListener } from './client-request.ts';
import { allow, initialRequest, sdpOf, sdpType, token } from './core.ts';
import type { Digest } from './digest.ts';
import type { Ending } from './ending.ts';
import { InviteDialog } from './invite-dialog.ts';

/** A call that we make. */
export class OutgoingCall extends Call implements RequestListener {
  /** Who is called. */
  readonly target: string;
  readonly #request: ClientRequest;
  #sequence = 0;
  #cancelled = false;
  #early = false;

  constructor(parts: CallParts, target: string, digest: Digest) {
    super(parts, token(), token(), 'calling');
    this.target = target;
    const { ringTime } = parts;
    const write = (via: string): string => this.#invite(via);
    this.#request = new ClientRequest(this.core, { method: 'INVITE', digest, ringTime, write }, this);
  }

  start(): void {
    this.#request.start();
  }

  provisional(response: SipResponse, sent: SipRequest): void {
    if (response.status === 100 || this.#cancelled) return;
    const sdp = sdpOf(response);
    if (this.#meet(response, sent) && sdp !== undefined) this.#hear(sdp);
    this.become('ringing');
    this.emit('ringing', response.status);
  }

  final(response: SipResponse, sent: SipRequest): void {
    if (response.status < 300) this.#accepted(response, sent);
    else {
      const { status, reason } = response;
      this.over(this.#cancelled ? givenUp : { by: 'remote', status, reason });
    }
  }

  failed(fault: Fault): void {
    this.over(this.#cancelled ? givenUp : { by: 'local', status: 408, reason: fault.message });
  }

  /** §9.1: what was sent is cancelled, and its final response is waited for. */
  protected override async giveUp(): Promise<void> {
    this.#cancelled = true;
    this.#request.cancel();
    await this.whenEnded();
  }

  #invite(via: string): string {
    return initialRequest(this.core, {
      method: 'INVITE',
      uri: this.target,
      to: this.target,
      via,
      tag: this.localTag,
      callId: this.callId,
      sequence: ++this.#sequence,
      headers: [allow, sdpType],
      body: this.session.offer(),
    });
  }

  /** The dialog that a response belongs to; undefined when it makes none. */
  #meet(response: SipResponse, sent: SipRequest): InviteDialog | undefined {
    const tag = response.to.params.get('tag');
    if (tag === undefined) return undefined;
    const known = this.dialogs.get(tag);
    if (known) return known;
    const dialog = InviteDialog.ofCaller(this.core, this, sent, response);
    if (dialog) this.dialogs.set(tag, dialog);
    return dialog;
  }

  /** Each branch of a fork may answer, and one may do so several times (§13.2.2.4). */
  #accepted(response: SipResponse, sent: SipRequest): void {
    const dialog = this.#meet(response, sent);
    if (!dialog) {
      this.over({ by: 'remote', status: response.status, reason: 'the answer has no Contact or no tag' });
      return;
    }
    const repeated = dialog.confirmed;
    dialog.confirm(sent, response);
    dialog.acknowledge(sent);
    if (repeated) return;
    if (this.dialog || this.state === 'ended') leave(dialog);
    else if (this.#cancelled) this.#break(dialog, givenUp);
    else this.#answered(dialog, sdpOf(response));
  }

  #answered(dialog: InviteDialog, sdp: string | undefined): void {
    try {
      if (sdp === undefined) throw new Fault(answerMissing, `200 of ${this.target}`);
      this.session.accept(sdp);
      this.session.settle();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#break(dialog, { by: 'local', status: 488, reason: error.message });
      return;
    }
    this.dialog = dialog;
    this.become('answered');
    this.negotiated();
    this.emit('answered');
  }

  /** Audio before the answer: the offer stays open, for another branch may answer otherwise. */
  #hear(sdp: string): void {
    try {
      this.session.accept(sdp);
    } catch (error) {
      // What cannot be heard early may still be answered well.
      if (error instanceof Fault) return;
      throw error;
    }
    this.negotiated();
    if (this.#early) return;
    this.#early = true;
    this.emit('earlyMedia');
  }

  #break(dialog: InviteDialog, ending: Ending): void {
    leave(dialog);
    this.over(ending);
  }
}

const givenUp: Ending = { by: 'local', status: 487, reason: 'Request Terminated' };

function leave(dialog: InviteDialog): void {
  // Whether the peer still answers changes nothing.
  dialog.bye().catch(() => {});
}
