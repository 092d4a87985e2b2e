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
import type { Flow, Receiver } from '../transport/transport.ts';
import { Calls, type CallsOptions } from './calls.ts';
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
import type { OutgoingCall } from './outgoing-call.ts';

/** What a user agent is told, and what it asks of those around it. */
export type AgentOptions = Omit<AgentCore, 'layer'> & CallsOptions;

const methods = allow[1].split(', ');
/** What is answered 200 wherever it comes. */
const stateless = ['OPTIONS', 'INFO', 'UPDATE'];
/** Transactions at once. */
const capacity = 10_000;

/** A SIP user agent (RFC 3261 §8): messages and the time come in, messages go out by flows. */
export class UserAgent implements TransactionListener<Flow, ServerUser, ClientUser>, Receiver {
  readonly core: AgentCore;
  readonly calls: Calls;
  readonly #digest: Digest;

  constructor(options: AgentOptions) {
    const now = options.clock();
    const layer = new TransactionLayer<Flow, ServerUser, ClientUser>(this, { node: token(), capacity, now });
    this.core = { ...options, layer };
    this.calls = new Calls(this.core, options);
    this.#digest = new Digest(options.account);
  }

  /** Calls a URI; the INVITE is sent when this settles. */
  call(target: string): Promise<OutgoingCall> {
    return this.calls.call(target, this.#digest);
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
    const { clock, layer } = this.core;
    if (message instanceof SipRequest) {
      message.stampedVia = stampVia(message, flow.host, flow.port);
      layer.receive(message, flow.repliesTo(replyPort(message, flow.port)), clock());
    } else layer.receive(message, flow, clock());
  }

  lost(flow: Flow): void {
    this.core.layer.lost(flow, this.core.clock());
  }

  send(text: string, flow: Flow): void {
    flow.send(text);
  }

  /** What is thrown by who uses the phone is not ours to hide. */
  error(error: unknown): void {
    queueMicrotask(() => {
      throw error;
    });
  }

  request(tx: ServerTx): void {
    try {
      this.#dispatch(tx);
    } catch (error) {
      this.#failed(tx, error);
    }
  }

  cancel(tx: ServerTx, invite: ServerTx | undefined): void {
    this.#answer(tx, 200);
    invite?.user?.cancelled(tx.request.value('Reason'));
  }

  ack(request: SipRequest): void {
    this.calls.of(request)?.receiveAck(request);
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
    else if (request.method === 'CANCEL') this.#answer(tx, 481);
    else if (extensions.length > 0) this.#answer(tx, 420, [['Unsupported', extensions.join(', ')]]);
    else if (request.to.params.has('tag')) this.#inDialog(tx);
    else if (request.method === 'INVITE')
      this.calls.invited(tx).catch((error: unknown) => this.#failed(tx, error));
    else this.#answer(tx, stateless.includes(request.method) ? 200 : 481, [allow]);
  }

  #failed(tx: ServerTx, error: unknown): void {
    if (error instanceof Fault) this.#answer(tx, error.kind.status || 500);
    else this.error(error);
  }

  #inDialog(tx: ServerTx): void {
    const call = this.calls.of(tx.request);
    if (call) call.receive(tx);
    else this.#answer(tx, 481);
  }

  #answer(tx: ServerTx, status: number, headers: readonly (readonly [string, string])[] = []): void {
    answer(this.core, tx, status, { toTag: token(), headers });
  }
}
