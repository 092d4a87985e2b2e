import {
  checkMessage,
  Fault,
  parseMessage,
  replyPort,
  SipRequest,
  type SipResponse,
  stampVia,
  type TransactionFailure,
  TransactionLayer,
  type TransactionListener,
  unsupported,
} from '@tandem/sip';
import type { Account } from '../account.ts';
import type { AudioStream } from '../audio/stream.ts';
import type { Flow, Receiver } from '../transport/transport.ts';
import type { Call, CallParts } from './call.ts';
import { ClientRequest } from './client-request.ts';
import {
  type AgentCore,
  allow,
  answer,
  type ClientUser,
  initialRequest,
  type ServerTx,
  type ServerUser,
  token,
} from './core.ts';
import { Digest } from './digest.ts';
import { IncomingCall } from './incoming-call.ts';
import { OutgoingCall } from './outgoing-call.ts';

/** What a user agent is told, and what it asks of those around it. */
export interface AgentOptions
  extends Pick<AgentCore, 'clock' | 'random' | 'flow' | 'proxy' | 'contact' | 'answerWithin' | 'via'>,
    Pick<CallParts, 'codecs' | 'ringTime'> {
  readonly account: Account;
  readonly openAudio: () => Promise<AudioStream>;
  /** A call has come in; it rings, is answered or is rejected by whoever takes it. */
  readonly incoming: (call: IncomingCall) => void;
}

const methods = allow[1].split(', ');
/** What is answered 200 wherever it comes. */
const stateless = ['OPTIONS', 'INFO', 'UPDATE'];
const capacity = 10_000;
/** Calls at once; more are told that the phone is busy. */
const maxCalls = 64;

/** A SIP user agent (RFC 3261 §8): its transactions, dialogs and calls. Messages and the time come in. */
export class UserAgent implements TransactionListener<Flow, ServerUser, ClientUser>, Receiver {
  readonly core: AgentCore;
  /** By Call-ID and our tag. */
  readonly #calls = new Map<string, Call>();
  /** INVITEs that are known, so that one that comes by two ways is taken once (§8.2.2.2). */
  readonly #invites = new Set<string>();
  #closed = false;
  readonly #options: AgentOptions;
  readonly #digest: Digest;

  constructor(options: AgentOptions) {
    const { account, clock, random, flow, proxy, contact, answerWithin, via } = options;
    const layer = new TransactionLayer<Flow, ServerUser, ClientUser>(this, {
      node: token(),
      capacity,
      now: clock(),
    });
    this.core = { account, layer, clock, random, flow, proxy, contact, answerWithin, via };
    this.#options = options;
    this.#digest = new Digest(account);
  }

  /** Ends all calls and takes no more; settles when all is said. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#calls.values()].map((call) => call.hangUp()));
  }

  /** Frees the ports of all calls, whatever is still to be said. */
  async abandon(): Promise<void> {
    await Promise.all([...this.#calls.values()].map((call) => call.audio.close()));
  }

  /** Calls a URI; the INVITE is sent when this settles. */
  async call(target: string): Promise<OutgoingCall> {
    const call = new OutgoingCall(await this.#callParts(), target, this.#digest);
    this.#keep(call);
    call.start();
    return call;
  }

  /** Asks the proxy itself what it can do (§11); settles with the final response. */
  options(): Promise<SipResponse> {
    const uri = `sip:${this.core.proxy.split('://')[1]}`;
    const [callId, tag] = [token(), token()];
    let sequence = 0;
    const write = (via: string): string =>
      initialRequest(this.core, { method: 'OPTIONS', uri, to: uri, via, tag, callId, sequence: ++sequence });
    return new Promise((resolve, reject) => {
      const content = { method: 'OPTIONS', digest: this.#digest, write };
      new ClientRequest(this.core, content, { final: resolve, failed: reject }).start();
    });
  }

  /** Takes a message from the transport; what is no message, or malformed, is dropped as by a network. */
  received(text: string, flow: Flow): void {
    const message = parseMessage(text);
    if (message instanceof Fault || checkMessage(message)) return;
    if (message instanceof SipRequest) {
      message.stampedVia = stampVia(message, flow.host, flow.port);
      this.core.layer.receive(message, flow.repliesTo(replyPort(message, flow.port)), this.core.clock());
    } else this.core.layer.receive(message, flow, this.core.clock());
  }

  lost(flow: Flow): void {
    this.core.layer.lost(flow, this.core.clock());
  }

  send(text: string, flow: Flow): void {
    flow.send(text);
  }

  /** What a user of the phone throws in an event is not ours to hide. */
  error(error: unknown): void {
    queueMicrotask(() => {
      throw error;
    });
  }

  request(tx: ServerTx): void {
    try {
      this.#dispatch(tx);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#answer(tx, error.kind.status || 500);
    }
  }

  cancel(tx: ServerTx, invite: ServerTx | undefined): void {
    this.#answer(tx, 200);
    invite?.user?.cancelled(tx.request.value('Reason'));
  }

  ack(request: SipRequest): void {
    this.#callOf(request)?.receiveAck(request);
  }

  response(user: ClientUser, response: SipResponse): void {
    user.response(response);
  }

  failedTransaction(user: ClientUser, cause: TransactionFailure): void {
    user.failed(cause);
  }

  expired(): void {}

  stray(): void {}

  #dispatch(tx: ServerTx): void {
    const { request } = tx;
    const extensions = unsupported(request, 'Require', []);
    if (!methods.includes(request.method)) this.#answer(tx, 501, [allow]);
    else if (extensions.length > 0) this.#answer(tx, 420, [['Unsupported', extensions.join(', ')]]);
    else if (request.to.params.has('tag')) this.#inDialog(tx);
    else if (request.method === 'INVITE') this.#invited(tx);
    else this.#answer(tx, stateless.includes(request.method) ? 200 : 481, [allow]);
  }

  #inDialog(tx: ServerTx): void {
    const call = this.#callOf(tx.request);
    if (call) call.receive(tx);
    else this.#answer(tx, 481);
  }

  #invited(tx: ServerTx): void {
    const { request } = tx;
    const key = `${request.callId} ${request.from.params.get('tag')} ${request.cseq.number}`;
    if (this.#invites.has(key)) this.#answer(tx, 482);
    else if (!request.has('Contact')) this.#answer(tx, 400);
    else if (this.#invites.size >= maxCalls) this.#answer(tx, 486);
    else {
      this.#invites.add(key);
      this.#offer(tx, key).catch((error: unknown) => this.error(error));
    }
  }

  #answer(tx: ServerTx, status: number, headers: readonly (readonly [string, string])[] = []): void {
    answer(this.core, tx, status, { toTag: token(), headers });
  }

  async #offer(tx: ServerTx, key: string): Promise<void> {
    let gone = false;
    tx.user = {
      cancelled: () => {
        gone = true;
        this.#answer(tx, 487);
      },
    };
    const parts = await this.#callParts();
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

  async #callParts(): Promise<CallParts> {
    const { openAudio, codecs, ringTime } = this.#options;
    return { core: this.core, audio: await openAudio(), codecs, ringTime };
  }

  #keep(call: Call): void {
    const key = `${call.callId} ${call.localTag}`;
    this.#calls.set(key, call);
    call.once('ended', () => {
      void call.audio.close().then(() => this.#calls.delete(key));
    });
  }

  #callOf(request: SipRequest): Call | undefined {
    const call = this.#calls.get(`${request.callId} ${request.to.params.get('tag')}`);
    return call?.state === 'ended' ? undefined : call;
  }
}
