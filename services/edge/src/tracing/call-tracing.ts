import type { event, router } from '@tandem/contract';
import {
  type Span,
  type SpanAttributes,
  type SpanContext,
  type Tracing,
  writeTraceparent,
} from '@tandem/platform';
import type { SipRequest } from '@tandem/sip';
import { methodOf, numberOf, sipCallIdOf } from '../ladder/glance.ts';
import type { ClientUser } from '../parts.ts';
import type { EventWatcher } from '../uses/events.ts';
import { TracedLeg } from './traced-leg.ts';

/** A request of a call that this edge is serving. */
interface Served {
  readonly call: string;
  readonly span: Span;
  /** When it came, in milliseconds since 1970 UTC. */
  readonly startedMs: number;
}

/** Requests, and calls, that are known at once. */
const maxServed = 20_000;

/**
 * The spans of this edge in the traces of calls: each request, its legs, and what is asked for it of others. They are
 * within the span of the call, which whoever ends the call tells.
 */
export class CallTracing implements EventWatcher {
  readonly #tracing: Tracing;
  readonly #now: () => number;
  /** By Call-ID, number and method. */
  readonly #served = new Map<string, Served>();
  /** Those of them that are the last of their call. */
  readonly #current = new Map<string, Served>();
  /** When calls that go on here began. */
  readonly #began = new Map<string, number>();

  constructor(tracing: Tracing, now: () => number) {
    this.#tracing = tracing;
    this.#now = now;
  }

  /** An INVITE for which a router is asked; undefined when it is not traced. */
  invite(request: router.Request): Asked | undefined {
    const parent = request.method === 'INVITE' ? this.#tracing.ofCall(request.key) : undefined;
    if (!parent) return undefined;
    const { callId, cseq, from, key: call, to, flow } = request;
    const source = `${flow?.transport}:${flow?.host}:${flow?.port}`;
    // It is asked about again when the callee has sent it on.
    const served =
      this.#served.get(keyOf(callId, cseq, 'INVITE')) ??
      this.#serve(call, 'INVITE', parent, { ...named(callId, call), from, to, source });
    const asking = this.#tracing.begin('edge', 'ask router', served.span.spanContext(), { kind: 'client' });
    return {
      traceparent: writeTraceparent(asking.spanContext()),
      decided: (verdict) => this.#decided(keyOf(callId, cseq, 'INVITE'), served, asking, verdict),
    };
  }

  /** A later request of a call. */
  later(request: SipRequest, call: string): void {
    const parent = this.#tracing.ofCall(call);
    if (!parent) return;
    const { callId, cseq, method } = request;
    const served = this.#serve(call, method, parent, named(callId, call));
    this.#keep(keyOf(callId, cseq.number, method), served);
  }

  /** A message is sent: a final response ends the span of its request. */
  sent(text: string): void {
    if (this.#served.size === 0 || !text.startsWith('SIP/2.0') || text[8] === '1') return;
    const key = keyOf(sipCallIdOf(text), numberOf(text), methodOf(text));
    const served = this.#served.get(key);
    if (!served) return;
    this.#served.delete(key);
    if (this.#current.get(served.call) === served) this.#current.delete(served.call);
    this.#end(served, Number(text.slice(8, 11)));
  }

  /** Who hears of a request that is sent on, traced. */
  leg(request: SipRequest, user: ClientUser, target: string): ClientUser {
    const { callId, cseq, method } = request;
    const served = this.#served.get(keyOf(callId, cseq.number, method));
    if (!served) return user;
    const attributes = { 'tandem.target': target };
    const span = this.#tracing.begin('edge', `${method} leg`, served.span.spanContext(), {
      kind: 'client',
      attributes,
    });
    return new TracedLeg(user, span);
  }

  /** What is done for a call, until `end` is called; undefined when it is not traced. */
  work(call: string, name: string, attributes: SpanAttributes = {}): Span | undefined {
    const parent = this.#current.get(call)?.span.spanContext() ?? this.#tracing.ofCall(call);
    return parent && this.#tracing.begin('edge', name, parent, { kind: 'client', attributes });
  }

  told(tenant: string, kind: Parameters<EventWatcher['told']>[1]): void {
    const { call } = kind.value;
    if (kind.$case === 'callStarted') {
      this.#limit(this.#began);
      this.#began.set(call, this.#current.get(call)?.startedMs ?? this.#now());
    }
    if (kind.$case === 'callEnded') this.#ended(tenant, kind.value);
  }

  #serve(call: string, method: string, parent: SpanContext, attributes: SpanAttributes): Served {
    const span = this.#tracing.begin('edge', method, parent, { kind: 'server', attributes });
    return { call, span, startedMs: this.#now() };
  }

  #keep(key: string, served: Served): void {
    this.#limit(this.#served);
    this.#limit(this.#current);
    this.#served.set(key, served);
    this.#current.set(served.call, served);
  }

  /** One that was not authenticated is no call yet: the next INVITE begins its own trace. */
  #decided(key: string, served: Served, asking: Span, verdict: router.Verdict | undefined): void {
    if (verdict?.decision?.$case === 'challenge') return;
    asking.setAttribute('tandem.verdict', verdict?.decision?.$case ?? 'none').end();
    this.#keep(key, served);
  }

  #end({ call, span, startedMs }: Served, status: number): void {
    span.setAttribute('sip.status', status);
    if (status >= 500) span.setStatus({ code: 2, message: `${status}` });
    span.end();
    // Nobody tells the end of a call that has not begun.
    const isRefused = !this.#began.has(call) && status >= 300;
    if (isRefused)
      this.#tracing.call(call, startedMs, this.#now(), { 'tandem.call': call, 'sip.status': status });
  }

  #ended(tenant: string, ended: event.CallEnded): void {
    const { call, callee, caller, endedMs, fault, outcome, releasedBy, sipCallId, startedMs, status } = ended;
    const from = this.#began.get(call) ?? startedMs;
    this.#began.delete(call);
    if (!this.#tracing.ofCall(call)) return;
    this.#tracing.call(call, from, endedMs, {
      ...named(sipCallId, call),
      'tandem.tenant': tenant,
      'tandem.caller': caller,
      'tandem.callee': callee,
      'tandem.outcome': outcome,
      'tandem.released_by': releasedBy,
      'sip.status': status,
      ...(fault && { 'tandem.fault': fault }),
    });
  }

  #limit(map: Map<string, unknown>): void {
    const oldest = map.size < maxServed ? undefined : map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
}

/** A question to a router within a trace. */
export interface Asked {
  readonly traceparent: string;
  /** Undefined: there was no verdict. */
  decided(verdict: router.Verdict | undefined): void;
}

function named(callId: string, call: string): SpanAttributes {
  return { 'sip.call_id': callId, 'tandem.call': call };
}

function keyOf(callId: string, number: number, method: string): string {
  return `${callId} ${number} ${method}`;
}
