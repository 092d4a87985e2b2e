import { Fault, parseNameAddr, type SipRequest } from '@tandem/sip';
import type { AudioStream } from '../audio/stream.ts';
import { callNotInProgress } from '../faults.ts';
import type { Call, CallParts } from './call.ts';
import { type AgentCore, answer, type ServerTx, token } from './core.ts';
import type { Digest } from './digest.ts';
import { IncomingCall } from './incoming-call.ts';
import { OutgoingCall } from './outgoing-call.ts';

/** What calls are made of, and who takes those that come in. */
export interface CallsOptions extends Pick<CallParts, 'codecs' | 'ringTime'> {
  readonly openAudio: () => Promise<AudioStream>;
  /** A call has come in; whoever takes it lets it ring, answers or rejects it. */
  readonly incoming: (call: IncomingCall) => void;
}

/** Calls at once; more are told that the phone is busy. */
const maxCalls = 64;

/** The calls of a user agent. */
export class Calls {
  /** By Call-ID and our tag. */
  readonly #calls = new Map<string, Call>();
  /** INVITEs that are known, so that one that comes by two ways is taken once (RFC 3261 §8.2.2.2). */
  readonly #invites = new Set<string>();
  readonly #core: AgentCore;
  readonly #options: CallsOptions;
  #closed = false;

  constructor(core: AgentCore, options: CallsOptions) {
    this.#core = core;
    this.#options = options;
  }

  /** The call that a request within a dialog belongs to. */
  of(request: SipRequest): Call | undefined {
    const call = this.#calls.get(`${request.callId} ${request.to.params.get('tag')}`);
    return call?.state === 'ended' ? undefined : call;
  }

  /** Calls a URI; the INVITE is sent when this settles. */
  async call(target: string, digest: Digest): Promise<OutgoingCall> {
    const parts = await this.#parts();
    if (this.#closed) {
      await parts.audio.close();
      throw new Fault(callNotInProgress, 'the phone is closed');
    }
    const call = new OutgoingCall(parts, target, digest);
    this.#keep(call);
    call.start();
    return call;
  }

  /** Takes an INVITE outside a dialog. A Fault that it rejects with is to be the answer. */
  async invited(tx: ServerTx): Promise<void> {
    const { request } = tx;
    const key = `${request.callId} ${request.from.params.get('tag')} ${request.cseq.number}`;
    const refused = this.#refusal(request, key);
    if (refused === undefined) await this.#offer(tx, key);
    else answer(this.#core, tx, refused, { toTag: token() });
  }

  /** Ends all calls and takes no more; settles when all is said. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#calls.values()].map((call) => call.hangUp()));
  }

  /** Ends all calls on this side only and frees their ports. */
  async abandon(): Promise<void> {
    this.#closed = true;
    const calls = [...this.#calls.values()];
    for (const call of calls) call.over({ by: 'local', status: 480, reason: 'the phone was closed' });
    await Promise.all(calls.map((call) => call.audio.close()));
  }

  #refusal(request: SipRequest, key: string): number | undefined {
    if (this.#invites.has(key)) return 482;
    if (!parseNameAddr(request.value('Contact') ?? '')) return 400;
    return this.#invites.size < maxCalls ? undefined : 486;
  }

  async #offer(tx: ServerTx, key: string): Promise<void> {
    let gone = false;
    this.#invites.add(key);
    tx.user = {
      cancelled: () => {
        gone = true;
        answer(this.#core, tx, 487, { toTag: token() });
      },
    };
    const parts = await this.#parts();
    if (gone || this.#closed) {
      this.#invites.delete(key);
      await parts.audio.close();
      return;
    }
    const call = new IncomingCall(parts, tx);
    call.once('ended', () => this.#invites.delete(key));
    this.#keep(call);
    this.#options.incoming(call);
  }

  async #parts(): Promise<CallParts> {
    const { openAudio, codecs, ringTime } = this.#options;
    return { core: this.#core, audio: await openAudio(), codecs, ringTime };
  }

  /** A call that has ended is kept until its ports are free, so that `close` can wait for that. */
  #keep(call: Call): void {
    const key = `${call.callId} ${call.localTag}`;
    this.#calls.set(key, call);
    call.once('ended', () => {
      void call.audio.close().then(() => this.#calls.delete(key));
    });
  }
}
