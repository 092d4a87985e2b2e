import { Fault, replyPort, SipRequest, type SipResponse, stampVia } from '@tandem/sip';
import { admit } from './admission.ts';
import { faultContent, write } from './answer.ts';
import { edgeOverloaded } from './faults.ts';
import type { EdgeParts } from './parts.ts';
import type { Flow, Receiver } from './socket/flow.ts';
import type { Vouchers } from './vouchers.ts';

/** Line ends alone, or one octet of nothing, keep a NAT open and mean no more (RFC 5626 §3.5.1). */
const keepAlives = new Set(['\r\n\r\n', '\r\n', '\0', '']);

/** Takes what the sockets receive: refuses what is malformed, hands the rest to the transactions. */
export class Reception implements Receiver {
  readonly #parts: EdgeParts;
  readonly #vouchers: Vouchers;

  constructor(parts: EdgeParts, vouchers: Vouchers) {
    this.#parts = parts;
    this.#vouchers = vouchers;
  }

  received(text: string, flow: Flow): void {
    if (keepAlives.has(text)) return;
    const { counters, log } = this.#parts;
    counters.received++;
    const admission = admit(text);
    if (admission.kind === 'message') this.#admitted(admission.message, flow);
    else {
      log.debug({ source: flow.host, fault: admission.fault.kind.code }, admission.fault.message);
      if (admission.kind === 'silence') counters.dropped++;
      else {
        counters.malformed++;
        this.#send(admission.text, flow);
      }
    }
  }

  /** What came before the stream broke may still be a request that can be answered. */
  broken(text: string, flow: Flow): void {
    this.received(text, flow);
  }

  failed(flow: Flow, error: Error): void {
    const { layer, log, node, now, router } = this.#parts;
    log.debug({ source: flow.host, err: error }, 'a connection has ended');
    this.#vouchers.ended(flow);
    layer.lost(flow, now());
    router
      .connectionEnded({ edge: node, connection: flow.connection })
      .catch((err: unknown) => log.warn({ err }, 'a router was not told of a connection that has ended'));
  }

  #admitted(message: SipRequest | SipResponse, source: Flow): void {
    const { layer, now } = this.#parts;
    if (!(message instanceof SipRequest)) {
      layer.receive(message, source, now());
      return;
    }
    message.stampedVia = stampVia(message, source.host, source.port);
    const flow = source.repliesTo(replyPort(message, source.port));
    if (!layer.receive(message, flow, now())) this.#shed(message, flow);
  }

  #shed(request: SipRequest, flow: Flow): void {
    this.#parts.counters.shed++;
    const fault = new Fault(edgeOverloaded, request.callId);
    this.#send(write(request, fault.kind.status, faultContent(fault)), flow);
  }

  #send(text: string, flow: Flow): void {
    this.#parts.counters.sent++;
    flow.send(text);
  }
}
