import type { Log } from '@tandem/platform';
import {
  branchOwner,
  parseMessage,
  type SipRequest,
  SipResponse,
  type TransactionFailure,
  type TransactionListener,
} from '@tandem/sip';
import { answer } from './answer.ts';
import type { Counters } from './counters.ts';
import type { Dispatcher } from './dispatch.ts';
import { relayAckOverFlow } from './flow-relay.ts';
import { readFlowRoute } from './flow-token.ts';
import { relayAck } from './in-dialog.ts';
import type { ClientUser, EdgeParts, ServerTx, ServerUser } from './parts.ts';
import type { Flow } from './socket/flow.ts';
import { defaultPort } from './socket/transport.ts';
import type { Watch } from './watch.ts';

/** Everything behind the transactions; it needs the layer, so that it comes after it. */
interface Behind {
  readonly parts: EdgeParts;
  readonly dispatcher: Dispatcher;
}

type Sighted = Pick<Watch, 'ladder' | 'tracing'>;

/** What the transaction layer works for (RFC 3261 §5: the transaction user). */
export class TransactionUser implements TransactionListener<Flow, ServerUser, ClientUser> {
  readonly #counters: Counters;
  readonly #log: Log;
  readonly #watch: Sighted;
  #behind: Behind | undefined;

  constructor(counters: Counters, log: Log, watch: Sighted) {
    this.#counters = counters;
    this.#log = log;
    this.#watch = watch;
  }

  /** Requests are handled from now on. */
  serve(behind: Behind): void {
    this.#behind = behind;
  }

  send(text: string, way: Flow): void {
    const flow = way.isGone ? this.#again(text, way) : way;
    this.#counters.sent[(flow.carrier ?? flow).transport]++;
    this.#watch.ladder?.sent(text, flow);
    this.#watch.tracing?.sent(text);
    flow.send(text);
  }

  /** A response goes over a new connection to the port that its Via names (RFC 3261 §18.2.2). */
  #again(text: string, flow: Flow): Flow {
    const response = text.startsWith('SIP/2.0') ? parseMessage(text) : undefined;
    if (!(response instanceof SipResponse)) return flow;
    const { host: name, port = defaultPort(flow.transport) } = response.via;
    const { host: address, transport } = flow;
    return this.#behind?.parts.locator.open({ transport, address, port, name }) ?? flow;
  }

  error(error: unknown): void {
    this.#log.error({ err: error }, 'a handler has failed');
  }

  request(tx: ServerTx): void {
    this.#behind?.dispatcher.dispatch(tx).catch((error: unknown) => this.error(error));
  }

  /** RFC 3261 §9.2 */
  cancel(tx: ServerTx, invite: ServerTx | undefined): void {
    if (this.#behind) answer(this.#behind.parts, tx, 200);
    invite?.user?.cancel(tx.request.value('Reason'));
  }

  ack(request: SipRequest, flow: Flow): void {
    if (!this.#behind) return;
    passAck(this.#behind.parts, request, flow)
      .then((relayed) => {
        if (!relayed) this.#counters.dropped++;
      })
      .catch((err: unknown) => this.#log.info({ err, sipCallId: request.callId }, 'an ACK was not relayed'));
  }

  response(user: ClientUser, response: SipResponse): void {
    user.response(response);
  }

  failedTransaction(user: ClientUser, cause: TransactionFailure): void {
    user.failed(cause);
  }

  /** Nobody waits for the ACK of a refusal, nor for an answer that was given up (RFC 4320 §4.2). */
  expired(): void {}

  /** A response to a request of another edge came here when an address moved: it is handed over. */
  stray(response: SipResponse): void {
    const owner = branchOwner(response.via.params.get('branch') ?? '');
    const { keepAlive, neighbours } = this.#behind?.parts ?? {};
    if (keepAlive?.answered(response)) return;
    if (owner === undefined || !neighbours) this.#counters.dropped++;
    else void this.#handOver(response, neighbours.carrierTo(owner));
  }

  async #handOver({ text }: SipResponse, carrier: Promise<Flow | undefined>): Promise<void> {
    const flow = await carrier;
    if (!flow) {
      this.#counters.dropped++;
      return;
    }
    this.#counters.handedOver++;
    this.send(text, flow);
  }
}

/** Relays the ACK of a 2xx; false when it is of no dialog of ours. */
async function passAck(parts: EdgeParts, request: SipRequest, source: Flow): Promise<boolean> {
  const asked = readFlowRoute(request, parts.tokenKey);
  if (!asked) return relayAck(parts, request, source);
  relayAckOverFlow(parts, request, asked);
  return true;
}
