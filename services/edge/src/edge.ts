import { setTimeout as delay } from 'node:timers/promises';
import { media } from '@tandem/contract';
import type { Bus, CallRecord, CallStore, Subscription } from '@tandem/platform';
import { type FaultKind, type Outcome, tickMs } from '@tandem/sip';
import type { SetupCall } from './calls.ts';
import type { Counters } from './counters.ts';
import type { Dispatcher } from './dispatch.ts';
import { mediaSilent, systemStopped } from './faults.ts';
import { hangUp } from './hang-up.ts';
import type { EdgeParts } from './parts.ts';
import type { FloatingListeners } from './socket/floating.ts';
import type { Listener } from './socket/listener.ts';
import type { Sockets } from './socket/sockets.ts';

/** Milliseconds that ending all calls may take at a stop. */
const stopDeadline = 3_000;
/** Call records that are read at once. */
const pageSize = 500;

/** Numbers of the moment. */
export interface EdgeStatus {
  readonly counters: Readonly<Counters>;
  readonly transactions: EdgeParts['layer']['tallies'];
  readonly connections: number;
  /** Calls that have no final answer yet. */
  readonly ringing: number;
  /** Calls that were answered so far. */
  readonly answered: number;
  /** Calls that are over, by outcome. */
  readonly ended: ReadonlyMap<Outcome, number>;
}

/** What tells this life of an edge from others, and what follows its addresses. */
export interface OwnPlace {
  readonly startedMs: number;
  readonly floating: FloatingListeners;
}

/** An edge at work. */
export class Edge {
  readonly #parts: EdgeParts;
  readonly #dispatcher: Dispatcher;
  readonly #sockets: Sockets;
  readonly #store: CallStore;
  readonly #tick: NodeJS.Timeout;
  readonly #reports: Subscription;
  readonly #own: OwnPlace;

  constructor(
    parts: EdgeParts,
    dispatcher: Dispatcher,
    sockets: Sockets,
    backings: { readonly bus: Bus; readonly calls: CallStore; readonly region: string },
    own: OwnPlace,
  ) {
    this.#parts = parts;
    this.#dispatcher = dispatcher;
    this.#sockets = sockets;
    this.#store = backings.calls;
    this.#own = own;
    this.#tick = setInterval(() => parts.layer.advance(parts.now()), tickMs);
    const subject = `tandem.${backings.region}.edge.${parts.node}.report`;
    this.#reports = backings.bus.subscribe(subject, ({ payload }) => {
      void this.#hangUp(media.Report.decode(payload).call, mediaSilent);
    });
  }

  /** This edge's node id. */
  get node(): string {
    return this.#parts.node;
  }

  /** Names and addresses that reach this edge. */
  get ownHosts(): readonly string[] {
    return this.#parts.names.hosts;
  }

  get listeners(): Listener[] {
    return this.#sockets.listeners;
  }

  /** For its announcement: what the numbers of its connections begin after. */
  get startedMs(): number {
    return this.#own.startedMs;
  }

  /** For its announcement: where the other edges reach it, and it alone. */
  get addresses(): Readonly<Record<string, string>> {
    const own = this.listeners.filter(({ floating }) => !floating);
    return Object.fromEntries(
      own.toReversed().map(({ transport, advertised }) => [`sip+${transport}`, advertised]),
    );
  }

  get status(): EdgeStatus {
    const { calls, counters, layer } = this.#parts;
    const { connections } = this.#sockets;
    return { counters, transactions: layer.tallies, connections, ...calls.totals };
  }

  /** Calls of this edge that nobody has answered yet. */
  get setups(): Iterable<SetupCall> {
    return this.#parts.calls.setups;
  }

  /** Refuses new calls, ends all others with BYE or CANCEL, and closes the sockets. */
  async stop(): Promise<void> {
    await Promise.race([this.#endCalls(), delay(stopDeadline, undefined, { ref: false })]);
    this.#reports.unsubscribe();
    clearInterval(this.#tick);
    await this.#own.floating.stop();
    this.#parts.neighbours.close();
    await this.#sockets.close();
  }

  async #endCalls(): Promise<void> {
    await Promise.all([this.#dispatcher.stop(), this.#hangUpAll()]);
    await this.#parts.calls.settled();
  }

  async #hangUpAll(): Promise<void> {
    const ours = await this.#ownRecords();
    await Promise.all(ours.map(({ id }) => this.#hangUp(id, systemStopped)));
  }

  async #ownRecords(): Promise<CallRecord[]> {
    const ours: CallRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#store.list({ limit: pageSize, cursor }, this.#parts.now());
      ours.push(...page.records.filter(({ node }) => node === this.#parts.node));
      cursor = page.cursor;
    } while (cursor !== undefined);
    return ours;
  }

  async #hangUp(call: string, fault: FaultKind): Promise<void> {
    try {
      await hangUp(this.#parts, call, fault);
    } catch (err) {
      this.#parts.log.error({ callId: call, err }, 'a call was not ended');
    }
  }
}
