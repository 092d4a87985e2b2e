import type { CallStore } from '@tandem/platform';
import { hasDialogs } from './call-dialogs.ts';
import type { EdgeParts } from './parts.ts';
import { within } from './records/within.ts';
import type { Flow } from './socket/flow.ts';
import type { Sockets } from './socket/sockets.ts';

/** What the connections of an edge that drains are released by. */
export interface FlowReleaseParts
  extends Pick<EdgeParts, 'calls' | 'layer' | 'log' | 'neighbours' | 'node' | 'now'> {
  readonly sockets: Pick<Sockets, 'accepted' | 'limits' | 'release'>;
  readonly store: Pick<CallStore, 'list'>;
}

/** Connections that are closed in a second, and seconds in which all are if that are more: phones come back at once. */
const pace = 50;
const period = 60;
/** Milliseconds between two looks at the calls of all edges, and that the store may take for a page of them. */
const lookEvery = 2_000;
const deadline = 2_000;
const pageSize = 500;

/**
 * Closes the connections of phones when an edge drains, so that they connect to another one (RFC 5626 §4.5): a few each
 * second, and those by which a phone in a call is reached when that has ended. Other edges stay connected to the last.
 */
export class FlowRelease {
  readonly #parts: FlowReleaseParts;
  /** Numbers of connections that were closed. */
  readonly #released = new Set<number>();
  /** Numbers of connections that calls need, as of the last look; undefined before the first. */
  #inCalls: ReadonlySet<number> | undefined;
  #lookedAt = 0;
  #begunAt = 0;
  #rate = 0;

  constructor(parts: FlowReleaseParts) {
    this.#parts = parts;
  }

  /** How many were closed. */
  get released(): number {
    return this.#released.size;
  }

  /** How many are left. */
  get left(): number {
    return this.#phones().length;
  }

  /** Takes no more connections from now on but from other edges. */
  begin(): void {
    const { neighbours, now, sockets } = this.#parts;
    sockets.limits.isWelcome = (host) => neighbours.hosts.has(host);
    this.#begunAt = now();
    this.#rate = Math.max(pace, this.left / period);
  }

  /** Closes those whose turn has come; how many are left. */
  async advance(): Promise<number> {
    const { layer, now, sockets } = this.#parts;
    await this.#look();
    const inUse = this.#inUse();
    const due = 1 + Math.floor(((now() - this.#begunAt) / 1_000) * this.#rate) - this.released;
    const idle = this.#phones().filter((flow) => !inUse(flow) && !layer.awaits(flow));
    for (const flow of idle.slice(0, Math.max(0, due))) {
      sockets.release(flow);
      this.#released.add(flow.connection);
    }
    return this.left;
  }

  #phones(): Flow[] {
    const { hosts } = this.#parts.neighbours;
    const released = this.#released;
    return this.#parts.sockets.accepted.filter(
      ({ connection, host }) => !released.has(connection) && !hosts.has(host),
    );
  }

  /** Nothing is known to be idle before the store has said what calls there are. */
  #inUse(): (flow: Flow) => boolean {
    const inCalls = this.#inCalls;
    if (!inCalls) return () => true;
    const calling = new Set(Array.from(this.#parts.calls.setups, ({ request }) => request?.flow));
    return (flow) => inCalls.has(flow.connection) || calling.has(flow);
  }

  async #look(): Promise<void> {
    const { log, now } = this.#parts;
    if (this.#inCalls && now() - this.#lookedAt < lookEvery) return;
    this.#lookedAt = now();
    try {
      this.#inCalls = await this.#connectionsInCalls();
    } catch (err) {
      log.debug({ err }, 'it is not known which connections calls need');
    }
  }

  /** Of all calls: those of other edges may go on over connections of this one. */
  async #connectionsInCalls(): Promise<Set<number>> {
    const { node, now, store } = this.#parts;
    const found = new Set<number>();
    let cursor: string | undefined;
    do {
      const page = await within(deadline, store.list({ limit: pageSize, cursor }, now()));
      for (const { caller, callee } of page.records.filter(hasDialogs).map(({ dialog }) => dialog))
        for (const { hop } of [caller, callee]) if (hop.edge === node) found.add(hop.connection);
      ({ cursor } = page);
    } while (cursor !== undefined);
    return found;
  }
}
