import type { event, router } from '@tandem/contract';
import {
  BatchWriter,
  type Bus,
  type CallRecord,
  type Log,
  type Metrics,
  PerSecond,
  type TraceBatch,
  traceSubject,
} from '@tandem/platform';
import { type Fault, SipRequest, type SipResponse } from '@tandem/sip';
import { describeDiagnosis } from '../diagnosis/words.ts';
import { DistantFlow } from '../distant-flow.ts';
import { traceBatches, tracePending } from '../metrics.ts';
import { type Flow, hostPort } from '../socket/flow.ts';
import type { EventWatcher } from '../uses/events.ts';
import { methodOf, sipCallIdOf } from './glance.ts';
import { redact } from './redact.ts';
import { describeEnd, describeVerdict } from './words.ts';

/** What a ladder is made with. */
export interface LadderParts {
  readonly bus: Bus;
  readonly region: string;
  /** This edge's node id. */
  readonly node: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** In milliseconds since 1970 UTC. */
  readonly now: () => number;
}

/** What has been seen and not been told yet: references only, put into words when it is told. */
type Seen =
  | { readonly at: number; readonly received: boolean; readonly flow: Flow; readonly text: string }
  | (Note & { readonly at: number });

interface Note {
  readonly part: string;
  readonly words: () => string;
}

/** What was seen of a call in the last moments. */
interface Pending {
  readonly callId: string;
  /** Tandem's id; empty when it is not known. */
  call: string;
  readonly seen: Seen[];
  /** Characters of the messages. */
  size: number;
  last: number;
  /** More has come of it than answers of our own: it is no scanner's. */
  served: boolean;
}

/** Milliseconds without a message after which a call's batch is told. */
const quietMs = 500;
const sweepMs = 250;
/** Characters after which it is told at once, so that a batch fits into a message of the bus with ease. */
const maxBatch = 65_536;
/** Characters of all batches that are not told yet. */
const maxPending = 33_554_432;
/** Batches a second of those who were refused: a scanner shall not push the calls of others out of the store. */
const refusedPerSecond = 50;
/** Calls whose Call-ID is known by Tandem's id, and by the one that somebody outside knows. */
const maxCalls = 20_000;

/** Notes the SIP messages and decisions of calls, and tells them call by call on the bus, about twice a call. */
export class Ladder implements EventWatcher {
  /** Batches by what became of them; `full` counts messages. */
  readonly counters = { published: 0, withheld: 0, failed: 0, full: 0 };
  readonly #parts: LadderParts;
  readonly #pending = new Map<string, Pending>();
  /** Call-IDs by Tandem's id. */
  readonly #calls = new Map<string, string>();
  /** Call-IDs of the caller's side by those that somebody outside knows. */
  readonly #aliases = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;
  readonly #refused = new PerSecond(refusedPerSecond);
  #size = 0;

  constructor(parts: LadderParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.tell(parts.now() - quietMs), sweepMs).unref();
    parts.metrics.observe(traceBatches, (report) => {
      for (const [fate, count] of Object.entries(this.counters)) report(count, { fate });
    });
    parts.metrics.observe(tracePending, (report) => report(this.#pending.size));
  }

  received(message: SipRequest | SipResponse, flow: Flow): void {
    const method = message instanceof SipRequest ? message.method : message.cseq.method;
    if (!isOfCall(method)) return;
    this.#message(message.callId, message.text, flow, true);
  }

  sent(text: string, flow: Flow): void {
    if (!isOfCall(methodOf(text))) return;
    const pending = this.#message(sipCallIdOf(text), text, flow, false);
    if (!text.startsWith('SIP/2.0')) pending.served = true;
  }

  /** Who is called outside knows the call by another Call-ID: what passes there is of the same call. */
  alias(outside: string, callId: string): void {
    if (outside !== callId) remember(this.#aliases, outside, callId);
  }

  /** A router has decided about an INVITE. */
  decided(request: router.Request, verdict: router.Verdict): void {
    if (request.method !== 'INVITE') return;
    const pending = this.#of(request.callId, this.#parts.now());
    if (verdict.decision?.$case === 'relay') this.#began(pending, request.key);
    pending.served ||= verdict.identity !== undefined;
    this.#add(pending, { part: 'router', words: () => describeVerdict(request, verdict) });
  }

  /** Something could not be sent. */
  unsendable(callId: string, { message }: Fault): void {
    this.#add(this.#of(callId, this.#parts.now()), { part: 'signaling', words: () => message });
  }

  /** Something has happened to a call by Tandem's id. */
  note(call: string, part: string, words: () => string): void {
    this.#note(this.#calls.get(call) ?? '', call, { part, words });
  }

  /** This edge looks after a call that another one began. */
  adopted({ id, sipCallId }: CallRecord): void {
    this.#remember(id, sipCallId);
    this.note(id, 'call', () => 'looked after by this edge from now on');
  }

  /** Takes note of what broke a call, and of its end; all else of it is seen by its messages. */
  told(_tenant: string, kind: NonNullable<event.Event['kind']>): void {
    if (kind.$case === 'callEnded') this.#ended(kind.value);
    if (kind.$case === 'callDegraded') this.#diagnosed(kind.value);
    // Whoever was refused is shown no more of than before.
    if (kind.$case === 'callRefused') {
      const { diagnosis, sipCallId } = kind.value;
      const words = (): string => describeDiagnosis(diagnosis!);
      this.#add(this.#of(sipCallId, this.#parts.now()), { part: 'diagnosis', words });
    }
  }

  #ended(ended: event.CallEnded): void {
    const { call, sipCallId } = ended;
    this.#calls.delete(call);
    this.#note(sipCallId, call, { part: 'call', words: () => describeEnd(ended) });
    this.#diagnosed(ended);
  }

  #diagnosed({
    call,
    diagnosis,
    sipCallId,
  }: Pick<event.CallEnded, 'call' | 'diagnosis' | 'sipCallId'>): void {
    if (!diagnosis) return;
    this.#note(sipCallId, call, { part: 'diagnosis', words: () => describeDiagnosis(diagnosis) });
  }

  /** Tells what was last added to until then. */
  tell(until: number): void {
    for (const pending of this.#pending.values()) if (pending.last <= until) this.#tell(pending);
  }

  /** Tells everything. */
  close(): void {
    clearInterval(this.#timer);
    this.tell(Number.POSITIVE_INFINITY);
  }

  #message(named: string, text: string, flow: Flow, received: boolean): Pending {
    const at = this.#parts.now();
    const callId = this.#aliases.size === 0 ? named : (this.#aliases.get(named) ?? named);
    const pending = this.#of(callId, at);
    if (this.#size + text.length > maxPending) {
      this.counters.full++;
      return pending;
    }
    pending.seen.push({ at, received, flow, text });
    pending.size += text.length;
    this.#size += text.length;
    if (pending.size > maxBatch) this.#tell(pending);
    return pending;
  }

  #note(callId: string, call: string, note: Note): void {
    const pending = this.#of(callId, this.#parts.now(), call);
    pending.call = call;
    pending.served = true;
    this.#add(pending, note);
  }

  #add(pending: Pending, note: Note): void {
    pending.seen.push({ at: pending.last, ...note });
  }

  #of(callId: string, now: number, call = ''): Pending {
    const key = callId || call;
    let pending = this.#pending.get(key);
    if (!pending) {
      pending = { callId, call, seen: [], size: 0, last: now, served: false };
      this.#pending.set(key, pending);
    }
    pending.last = now;
    return pending;
  }

  #began(pending: Pending, call: string): void {
    pending.call = call;
    this.#remember(call, pending.callId);
  }

  #remember(call: string, callId: string): void {
    remember(this.#calls, call, callId);
  }

  #tell(pending: Pending): void {
    this.#pending.delete(pending.callId || pending.call);
    this.#size -= pending.size;
    if (!pending.served && !this.#refused.take(this.#parts.now())) {
      this.counters.withheld++;
      return;
    }
    const { bus, log, node, region } = this.#parts;
    try {
      const { callId, call, seen } = pending;
      const named = { node, callId, call };
      bus.publish(traceSubject(region, named), write(seen, named));
      this.counters.published++;
    } catch (err) {
      this.counters.failed++;
      log.debug({ err, sipCallId: pending.callId }, 'what was seen of a call could not be told');
    }
  }
}

/** A way that a message of the batch has taken, by what tells it from others. */
interface Way {
  readonly listener: Flow['listener'];
  readonly host: string;
  readonly port: number;
  readonly number: number;
}

function write(seen: readonly Seen[], named: Pick<TraceBatch, 'node' | 'callId' | 'call'>): Uint8Array {
  const writer = new BatchWriter();
  const ways: Way[] = [];
  for (const each of seen) {
    if ('words' in each) writer.note(each.at, each.part, each.words());
    else {
      const { flow, text } = onTheWire(each);
      writer.message(each.at, each.received, wayOf(flow, ways, writer), redact(text));
    }
  }
  return writer.finish(named);
}

function wayOf({ host, listener, port, transport }: Flow, ways: Way[], writer: BatchWriter): number {
  const known = ways.find((way) => way.port === port && way.host === host && way.listener === listener);
  if (known) return known.number;
  const number = writer.way(transport, listener.advertised, hostPort(host, port));
  ways.push({ listener, host, port, number });
  return number;
}

/** What another edge relays for us goes to that edge, and asks it to. */
function onTheWire({ flow, text }: { flow: Flow; text: string }): { flow: Flow; text: string } {
  return flow instanceof DistantFlow ? { flow: flow.carrier, text: flow.written(text) } : { flow, text };
}

/** Registrations and the like are no calls. */
function isOfCall(method: string): boolean {
  return method !== 'REGISTER' && method !== 'OPTIONS';
}

/** The oldest makes room. */
function remember(calls: Map<string, string>, name: string, callId: string): void {
  const oldest = calls.size < maxCalls ? undefined : calls.keys().next().value;
  if (oldest !== undefined) calls.delete(oldest);
  // A copy: a slice would keep the whole message that it was cut from.
  calls.set(name, Buffer.from(callId, 'latin1').toString('latin1'));
}
