import { event } from '@tandem/contract';
import { type Bus, subjectToken } from '@tandem/platform';
import type { CallMetrics } from '../call-metrics.ts';

type Kind = Extract<NonNullable<event.Event['kind']>, { $case: `call${string}` }>;

/** The last token of the subject, by kind. */
const names: Record<Kind['$case'], string> = {
  callStarted: 'started',
  callRinging: 'ringing',
  callAnswered: 'answered',
  callEnded: 'ended',
};

/** Publishes what happens to calls, on `tandem.<region>.call.<tenant>.<event>`. */
export class CallEvents {
  readonly #bus: Bus;
  readonly #region: string;
  readonly #node: string;
  readonly #metrics: CallMetrics | undefined;

  constructor(bus: Bus, region: string, node: string, metrics?: CallMetrics) {
    this.#bus = bus;
    this.#region = region;
    this.#node = node;
    this.#metrics = metrics;
  }

  /** `key` makes the event the same when two nodes publish it: the call's id, or the leg's. */
  publish(tenant: string, key: string, atMs: number, kind: Kind): void {
    this.#metrics?.note(tenant, kind);
    const name = names[kind.$case];
    const id = `${key}/${name}`;
    const octets = event.Event.encode({ id, atMs, node: this.#node, tenant, kind, traceId: '' }).finish();
    this.#bus.publish(`tandem.${this.#region}.call.${subjectToken(tenant)}.${name}`, octets, { key: id });
  }
}
