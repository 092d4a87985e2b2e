import {
  type ClientTransaction,
  Fault,
  isStale,
  parseMessage,
  SipRequest,
  type SipResponse,
  type TransactionFailure,
} from '@tandem/sip';
import { proxySilent, proxyUnreachable } from '../faults.ts';
import type { Flow } from '../transport/transport.ts';
import type { AgentCore, ClientUser } from './core.ts';
import { Deadline } from './deadline.ts';
import { challengesIn, type Digest } from './digest.ts';

/** Who has something to ask. */
export interface RequestContent {
  readonly method: string;
  readonly digest: Digest;
  /** Milliseconds that an INVITE may ring before it is cancelled. */
  readonly ringTime?: number;
  /** Writes the request, once more with the next CSeq number when it was challenged. */
  write(via: string): string;
}

/** Takes what becomes of a request. `sent` is the request as it was answered. */
export interface RequestListener {
  provisional?(response: SipResponse, sent: SipRequest): void;
  /** The final response; each 2xx to an INVITE, also repeated ones and those of other branches. */
  final(response: SipResponse, sent: SipRequest): void;
  /** There will be no response, or only a challenge that is not answered. */
  failed(fault: Fault): void;
}

/** A request of ours over all its transactions: it is sent again with credentials when it is challenged. */
export class ClientRequest implements ClientUser {
  readonly #core: AgentCore;
  readonly #content: RequestContent;
  readonly #listener: RequestListener;
  readonly #silence: Deadline;
  readonly #ringing: Deadline;
  /** How many challenges of each status were answered. */
  readonly #answered = new Map<number, number>();
  #tx: ClientTransaction<Flow, ClientUser> | undefined;
  #sent: SipRequest | undefined;

  constructor(core: AgentCore, content: RequestContent, listener: RequestListener) {
    this.#core = core;
    this.#content = content;
    this.#listener = listener;
    this.#silence = new Deadline(core.layer.wheel, (now) => this.#giveUp(now));
    this.#ringing = new Deadline(core.layer.wheel, () => this.cancel());
  }

  start(): void {
    const { layer, flow, clock, answerWithin } = this.#core;
    const { method, digest, ringTime } = this.#content;
    const now = clock();
    const tx = layer.prepare(method, flow(), this, '', now);
    if (!tx) throw new Error('no room for a transaction');
    const sent = readRequest(digest.authorize(readRequest(this.#content.write(this.#core.via(tx.branch)))));
    this.#tx = tx;
    this.#sent = sent;
    this.#silence.set(now + answerWithin);
    if (ringTime !== undefined) this.#ringing.set(now + ringTime);
    layer.request(tx, sent.text, now);
  }

  /** Cancels an INVITE; its final response, most often a 487, still comes. */
  cancel(): void {
    this.#ringing.cancel();
    if (this.#tx) this.#core.layer.cancel(this.#tx, this.#core.clock());
  }

  response(response: SipResponse): void {
    this.#silence.cancel();
    if (response.status < 200) this.#listener.provisional?.(response, this.#sent!);
    else {
      this.#ringing.cancel();
      if (this.#isToBeAnswered(response)) this.#startAgain(response);
      else this.#listener.final(response, this.#sent!);
    }
  }

  failed(cause: TransactionFailure): void {
    this.#silence.cancel();
    this.#ringing.cancel();
    const { proxy } = this.#core;
    const fault =
      cause === 'timeout'
        ? new Fault(proxySilent, `${proxy}: no answer to ${this.#content.method}`)
        : new Fault(proxyUnreachable, `${proxy}: the connection was refused or has ended`);
    this.#listener.failed(fault);
  }

  /** A second challenge means that the credentials were wrong, unless only their nonce was (RFC 7616 §3.3). */
  #isToBeAnswered(response: SipResponse): boolean {
    if (response.status !== 401 && response.status !== 407) return false;
    const answered = this.#answered.get(response.status) ?? 0;
    this.#answered.set(response.status, answered + 1);
    return answered === 0 || (answered === 1 && isStale(challengesIn(response)));
  }

  #startAgain(challenge: SipResponse): void {
    try {
      this.#content.digest.learn(challenge);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#listener.failed(error);
      return;
    }
    this.start();
  }

  #giveUp(now: number): void {
    if (this.#tx) this.#core.layer.discard(this.#tx, now);
    this.failed('timeout');
  }
}

function readRequest(text: string): SipRequest {
  const request = parseMessage(text);
  if (request instanceof SipRequest) return request;
  throw new Error('what was written is not a request', { cause: request });
}
