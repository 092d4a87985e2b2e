import { randomBytes } from 'node:crypto';
import {
  answerBinding,
  Fault,
  type ResponseContent,
  replyPort,
  respond,
  SipRequest,
  type SipResponse,
  stampVia,
} from '@tandem/sip';
import { type Admission, admit } from './admission.ts';
import { faultContent, tagFor } from './answer.ts';
import { edgeOverloaded, sourceLimited } from './faults.ts';
import { type Arrival, Inbox, type InboxParts } from './load/inbox.ts';
import { type Lane, laneOf } from './load/lane.ts';
import type { EdgeParts } from './parts.ts';
import type { Flow, Receiver } from './socket/flow.ts';
import type { Vouchers } from './vouchers.ts';

/** Line ends alone, or one octet of nothing, keep a NAT open and mean no more (RFC 5626 §3.5.1). */
const keepAlives = new Set(['\r\n\r\n', '\r\n', '\0', '']);

/** No SIP message begins with an octet below that, and every STUN message does (RFC 5389 §6). */
const firstOfSip = 4;

/** Takes what the sockets receive: refuses what is malformed, hands the rest to the transactions. */
export class Reception implements Receiver {
  readonly #parts: EdgeParts;
  readonly #vouchers: Vouchers;
  readonly #inbox: Inbox;
  /** In the tags of our answers without a transaction: their ACKs are of no use to anybody. */
  readonly #mark = randomBytes(6).toString('hex');

  constructor(parts: EdgeParts, vouchers: Vouchers, turns: Pick<InboxParts, 'sheds' | 'soon' | 'after'>) {
    this.#parts = parts;
    this.#vouchers = vouchers;
    this.#inbox = new Inbox({
      ...turns,
      now: parts.now,
      lane: (arrival) => this.#lane(arrival),
      serve: (arrival, isLate) => this.#take(() => admissionOf(arrival), arrival.flow, isLate),
      drop: () => parts.counters.flooded++,
    });
  }

  /** Whether more has come than could be done so far. */
  get isBehind(): boolean {
    return this.#inbox.isBehind;
  }

  received(text: string, flow: Flow): void {
    if (keepAlives.has(text)) {
      this.#parts.keepAlive.heard(flow);
      return;
    }
    if (!this.#parts.guard.takes(flow)) return;
    if (flow.transport === 'udp' && text.charCodeAt(0) < firstOfSip) this.#bind(text, flow);
    else if (flow.reliable && this.#parts.guard.isBanned(flow.host)) this.#parts.abandon(flow);
    else if (text.startsWith('ACK ') && text.includes(this.#mark)) this.#parts.counters.dropped++;
    else this.#inbox.put(text, flow);
  }

  /** RFC 5626 §3.5.2: a phone asks by STUN where it is seen from, which keeps its NAT open as well. */
  #bind(text: string, flow: Flow): void {
    const answer = answerBinding(text, flow.host, flow.port);
    if (answer === undefined) this.#parts.counters.dropped++;
    else {
      this.#parts.keepAlive.heard(flow);
      flow.send(answer);
    }
  }

  isBanned(host: string): boolean {
    return this.#parts.guard.isBanned(host);
  }

  /** What came before the stream broke may be a request, whose sender is told. */
  broken(text: string, fault: Fault, flow: Flow): void {
    this.#inbox.settle(flow);
    this.#take(() => admit(text, fault), flow, false);
  }

  failed(flow: Flow, error: Error): void {
    const { layer, log, node, now, router } = this.#parts;
    log.debug({ source: flow.host, err: error }, 'a connection has ended');
    this.#inbox.settle(flow);
    this.#vouchers.ended(flow);
    layer.lost(flow, now());
    router
      .connectionEnded({ edge: node, connection: flow.connection })
      .catch((err: unknown) => log.warn({ err }, 'a router was not told of a connection that has ended'));
  }

  /** What cannot even be read for want of foresight is told of when it is served. */
  #lane(arrival: Arrival): Lane {
    const { guard } = this.#parts;
    try {
      return laneOf(admissionOf(arrival), (request) => guard.goesFirst(request, arrival.flow));
    } catch {
      return 'probe';
    }
  }

  /** One message shall not be the end of all calls, whatever is in it. */
  #take(read: () => Admission, source: Flow, isLate: boolean): void {
    const { counters, log } = this.#parts;
    counters.received[source.transport]++;
    try {
      this.#sort(read(), source, isLate);
    } catch (err) {
      counters.dropped++;
      const stack = err instanceof Error ? err.stack : undefined;
      log.error({ source: source.host, err, stack }, 'a message could not be served');
    }
  }

  #sort(admission: Admission, source: Flow, isLate: boolean): void {
    const { counters, guard, log } = this.#parts;
    if (admission.kind === 'message') {
      this.#admitted(admission.message, source, isLate);
      return;
    }
    const { fault, request } = admission;
    log.debug({ source: source.host, fault: fault.kind.code }, fault.message);
    guard.malformed(source, fault.kind.code);
    if (!request) counters.dropped++;
    else {
      counters.malformed++;
      this.#refuse(request, fault, returnFlow(request, source));
    }
  }

  #admitted(message: SipRequest | SipResponse, source: Flow, isLate: boolean): void {
    const { counters, guard, ladder, layer, load, now } = this.#parts;
    const admittance = message instanceof SipRequest ? guard.weigh(message, source) : 'taken';
    if (admittance === 'dropped') return;
    ladder?.received(message, source);
    if (!(message instanceof SipRequest)) {
      layer.receive(message, source, now());
      return;
    }
    if (source.proven?.length && message.via.params.has('alias')) source.alias?.(message.via.port ?? 5061);
    const flow = returnFlow(message, source);
    if (admittance === 'refused') {
      this.#refuse(message, new Fault(sourceLimited, message.callId), flow);
      return;
    }
    const welcome = load.welcome(message, () => guard.goesFirst(message, source), isLate);
    if (layer.receive(message, flow, now(), welcome)) return;
    if (load.hasAnswered(message)) {
      counters.dropped++;
      return;
    }
    counters.shed++;
    const headers = [['Retry-After', String(load.refused(message, isLate))]] as const;
    this.#answer(message, edgeOverloaded.status, { headers }, flow);
  }

  #refuse(request: SipRequest, fault: Fault, flow: Flow): void {
    this.#answer(request, fault.kind.status, faultContent(fault), flow);
  }

  /** Answers without a transaction. */
  #answer(request: SipRequest, status: number, content: ResponseContent, flow: Flow): void {
    const toTag = `${this.#mark}${tagFor(request)}`;
    this.#parts.send(respond(request, status, { toTag, ...content }), flow);
  }
}

/** A message that has waited was read for its lane. */
function admissionOf(arrival: Arrival): Admission {
  arrival.admission ??= admit(arrival.text);
  return arrival.admission;
}

/** Notes where a request came from, and returns where its responses go (RFC 3261 §18.2, RFC 3581 §4). */
function returnFlow(request: SipRequest, source: Flow): Flow {
  request.stampedVia = stampVia(request, source.host, source.port);
  return source.repliesTo(replyPort(request, source.port));
}
