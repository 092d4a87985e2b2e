import { Fault, respond, type SipRequest, type SipResponse } from '@tandem/sip';
import { answerMissing } from '../faults.ts';
import { AcceptedInvite } from './accepted-invite.ts';
import { type AgentCore, allow, answer, recordRoute, type ServerTx, sdpOf, sdpType } from './core.ts';
import type { DialogUser } from './dialog-user.ts';

/** What is needed of the dialog. */
interface Served {
  readonly isCaller: boolean;
  readonly localTag: string;
  readonly contact: readonly [string, string];
  readonly isChanging: boolean;
  confirmed: boolean;
  refresh(message: SipRequest): void;
  bye(): Promise<SipResponse>;
}

const retryAfter = ['Retry-After', '1'] as const;

/** Answers what the peer sends in a dialog (RFC 3261 §12.2.2). */
export class DialogRequests {
  readonly #core: AgentCore;
  readonly #user: DialogUser;
  readonly #dialog: Served;
  #sequence = 0;
  #accepted: AcceptedInvite | undefined;

  constructor(core: AgentCore, user: DialogUser, dialog: Served) {
    this.#core = core;
    this.#user = user;
    this.#dialog = dialog;
  }

  /** Whether a 2xx of ours waits for its ACK. */
  get unacknowledged(): boolean {
    return this.#accepted !== undefined;
  }

  /** Answers a request. A Fault that is thrown is to be the answer. */
  receive(tx: ServerTx): void {
    const { cseq, method } = tx.request;
    if (cseq.number < this.#sequence) {
      answer(this.#core, tx, 500);
      return;
    }
    this.#sequence = cseq.number;
    if (method === 'BYE') this.#ended(tx);
    else if (method === 'INVITE') this.#reinvited(tx);
    else if (method === 'UPDATE') this.#updated(tx);
    else answer(this.#core, tx, 200, { headers: [allow] });
  }

  /** Answers an INVITE 200 with a session description, again and again until its ACK comes. */
  accept(tx: ServerTx, body: string): void {
    const { contact, localTag } = this.#dialog;
    const headers = [...recordRoute(tx.request), contact, allow, sdpType];
    const text = respond(tx.request, 200, { toTag: localTag, headers, body });
    this.#sequence = tx.request.cseq.number;
    this.#dialog.confirmed = true;
    this.#accepted = new AcceptedInvite(this.#core, tx, text, () => this.#leave(408, 'no ACK'));
  }

  /** Takes an ACK (§13.3.1.4); where the offer was ours, its answer is there. */
  acknowledge(ack: SipRequest): void {
    if (this.#accepted?.sequence !== ack.cseq.number) return;
    this.stop();
    if (this.#user.session.pending) this.#takeAnswer(sdpOf(ack));
    else this.#user.acknowledged();
  }

  stop(): void {
    this.#accepted?.stop();
    this.#accepted = undefined;
  }

  #ended(tx: ServerTx): void {
    answer(this.#core, tx, 200);
    const reason = tx.request.value('Reason') ?? 'OK';
    this.#user.over({ by: 'remote', status: 200, reason });
  }

  /** §14.2: one INVITE at a time, whoever sends it. */
  #reinvited(tx: ServerTx): void {
    const { isCaller, confirmed, isChanging } = this.#dialog;
    if (isChanging || (isCaller && !confirmed)) answer(this.#core, tx, 491);
    else if (this.unacknowledged || !confirmed) answer(this.#core, tx, 500, { headers: [retryAfter] });
    else this.#renegotiate(tx);
  }

  #renegotiate(tx: ServerTx): void {
    const { session } = this.#user;
    const offer = sdpOf(tx.request);
    const body = offer === undefined ? session.offer() : session.answer(offer);
    this.#dialog.refresh(tx.request);
    this.accept(tx, body);
    this.#user.negotiated();
  }

  /** RFC 3311 §5.2 */
  #updated(tx: ServerTx): void {
    const { session } = this.#user;
    const offer = sdpOf(tx.request);
    if (offer !== undefined && session.pending) {
      answer(this.#core, tx, 491);
      return;
    }
    const answered = offer === undefined ? [] : [session.answer(offer)];
    this.#dialog.refresh(tx.request);
    const headers = [this.#dialog.contact, allow, ...answered.map(() => sdpType)];
    answer(this.#core, tx, 200, { headers, body: answered.join('') });
    this.#user.negotiated();
  }

  #takeAnswer(sdp: string | undefined): void {
    const { session } = this.#user;
    try {
      if (sdp === undefined) throw new Fault(answerMissing, 'the ACK has no body');
      session.accept(sdp);
      session.settle();
      this.#user.negotiated();
      this.#user.acknowledged();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#leave(488, error.message);
    }
  }

  #leave(status: number, reason: string): void {
    // Whether the peer still answers changes nothing.
    this.#dialog.bye().catch(() => {});
    this.#user.over({ by: 'local', status, reason });
  }
}
