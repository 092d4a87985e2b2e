import { EventEmitter } from 'node:events';
import { Fault, type SipRequest, type SipResponse } from '@tandem/sip';
import type { TimedDigit } from '../audio/digits.ts';
import type { AudioStream } from '../audio/stream.ts';
import { callNotInProgress, callRefused } from '../faults.ts';
import { type AgentCore, answer, type ServerTx } from './core.ts';
import type { DialogContent, DialogUser } from './dialog-user.ts';
import type { Ending } from './ending.ts';
import type { InviteDialog } from './invite-dialog.ts';
import { Session, type SessionOptions } from './session.ts';

/** `answering`: we have said 200 and wait for the ACK. */
export type CallState = 'calling' | 'ringing' | 'answering' | 'answered' | 'ended';

/** What happens in a call. */
export interface CallEvents {
  /** The callee is being alerted, or the call makes progress otherwise: 180 to 199. */
  ringing: [status: number];
  /** There is audio before the answer. */
  earlyMedia: [];
  answered: [];
  /** The peer holds us, or does no more. */
  held: [held: boolean];
  digit: [digit: TimedDigit];
  ended: [ending: Ending];
}

/** What both kinds of calls are made of. */
export interface CallParts {
  readonly core: AgentCore;
  readonly audio: AudioStream;
  readonly codecs: SessionOptions['codecs'];
  /** Milliseconds that a call may ring. */
  readonly ringTime: number;
}

/** A call, from either side. */
export abstract class Call extends EventEmitter<CallEvents> implements DialogUser {
  readonly callId: string;
  readonly localTag: string;
  readonly session: Session;
  /** Its audio: what is said, what is heard, and how much of it. */
  readonly audio: AudioStream;
  protected readonly core: AgentCore;
  /** By the peer's tag. */
  protected readonly dialogs: Map<string, InviteDialog> = new Map();
  /** The one that was answered. */
  protected dialog: InviteDialog | undefined;
  #state: CallState;
  #wasAnswered = false;
  #held = false;
  #ending: Ending | undefined;
  #changed = Promise.withResolvers<void>();

  constructor({ core, audio, codecs }: CallParts, callId: string, localTag: string, state: CallState) {
    super();
    this.core = core;
    this.audio = audio;
    this.callId = callId;
    this.localTag = localTag;
    this.#state = state;
    const sessionId = 1 + Math.floor(core.random() * 2 ** 31);
    const { host, port } = audio;
    this.session = new Session({ host, port, sessionId, ...(codecs ? { codecs } : {}) });
    audio.onDigit = (digit) => this.emit('digit', digit);
  }

  get state(): CallState {
    return this.#state;
  }

  /** Settles when the call is answered; rejects with `call-refused` when it ends before. */
  async whenAnswered(): Promise<void> {
    while (!this.#wasAnswered) {
      if (this.#ending) throw new Fault(callRefused, `${this.#ending.status} ${this.#ending.reason}`);
      await this.#changed.promise;
    }
  }

  /** Settles when the call has ended. */
  async whenEnded(): Promise<Ending> {
    while (!this.#ending) await this.#changed.promise;
    return this.#ending;
  }

  /** Puts the peer on hold. Rejects with a Fault when it refuses. */
  hold(): Promise<void> {
    return this.#offer(true);
  }

  /** Takes the peer off hold. */
  resume(): Promise<void> {
    return this.#offer(false);
  }

  /** Sends a request in the dialog, such as OPTIONS, INFO or UPDATE; settles with the final response. */
  async request(method: string, content?: DialogContent): Promise<SipResponse> {
    return this.#answeredDialog().request(method, content);
  }

  /** Sends DTMF; settles with when each digit began. Rejects with `dtmf-unavailable`. */
  sendDtmf(digits: string): Promise<readonly TimedDigit[]> {
    return this.audio.sendDigits(digits);
  }

  /** Ends the call in whatever way its state asks for; settles when all is said. */
  async hangUp(): Promise<void> {
    if (this.#state === 'answered') {
      const bye = this.#answeredDialog().bye();
      this.over({ by: 'local', status: 200, reason: 'OK' });
      await bye;
    } else if (this.#state !== 'ended') await this.giveUp();
    await this.audio.close();
  }

  /** Takes a request in one of its dialogs. */
  receive(tx: ServerTx): void {
    const dialog = this.dialogs.get(tx.request.from.params.get('tag') ?? '');
    if (dialog) dialog.requests.receive(tx);
    else answer(this.core, tx, 481);
  }

  receiveAck(ack: SipRequest): void {
    this.dialogs.get(ack.from.params.get('tag') ?? '')?.requests.acknowledge(ack);
  }

  acknowledged(): void {}

  negotiated(): void {
    const { agreed } = this.session;
    if (!agreed) return;
    this.audio.configure(agreed, this.speaks);
    const held = !agreed.sending;
    if (held === this.#held) return;
    this.#held = held;
    this.emit('held', held);
  }

  over(ending: Ending): void {
    if (this.#ending) return;
    this.#ending = ending;
    for (const dialog of this.dialogs.values()) dialog.stop();
    // Closing sockets does not fail; who has to wait for it hangs up.
    void this.audio.close();
    this.become('ended');
    this.emit('ended', ending);
  }

  /** Whether what is to be said is said; else silence is sent. */
  protected get speaks(): boolean {
    return this.#state === 'answering' || this.#state === 'answered';
  }

  /** Ends a call that is not answered. */
  protected abstract giveUp(): Promise<void>;

  protected become(state: CallState): void {
    this.#state = state;
    this.#wasAnswered ||= state === 'answered';
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async #offer(held: boolean): Promise<void> {
    const dialog = this.#answeredDialog();
    const before = this.session.held;
    this.session.held = held;
    try {
      await dialog.change();
    } catch (error) {
      this.session.held = before;
      throw error;
    }
  }

  #answeredDialog(): InviteDialog {
    if (this.#state === 'answered' && this.dialog) return this.dialog;
    throw new Fault(callNotInProgress, `the call is ${this.#state}`);
  }
}
