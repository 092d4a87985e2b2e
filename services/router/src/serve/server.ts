import { setTimeout as delay } from 'node:timers/promises';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { routerSession } from '@tandem/contract';
import { formatHostPort, type HostPort, type Log, type Metrics, NodeProof } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { edgeUnproven, routerListenFailed } from '../faults.ts';
import { routerBatches, routerDecisions, routerInFlight, routerSessions } from '../metrics.ts';
import { advertisedAddress, type RouterSettings } from '../settings.ts';
import { type Decider, Decisions } from './decisions.ts';
import { type BatchTallies, type EdgeStream, Session } from './session.ts';

/** What a router serves edges with. */
export interface RouterServerOptions {
  readonly router: Decider;
  readonly settings: RouterSettings;
  /** That of the cluster, derived for `router`. */
  readonly secret: Uint8Array;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Requests that may be decided at once. */
  readonly capacity?: number;
}

const defaultCapacity = 10_000;
/** Milliseconds that edges have to take their leave when the router stops. */
const graceMs = 3_000;

const channel = {
  // A session that a dead machine has left behind ends within 15 s.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.max_receive_message_length': 16 * 1024 * 1024,
  'grpc-node.flow_control_window': 1024 * 1024,
  'grpc.enable_channelz': 0,
};

/** Listens for edges. Throws `router-listen-failed` when it cannot, and `setting-invalid` without an address to tell. */
export async function startRouterServer(options: RouterServerOptions): Promise<RouterServer> {
  const { routerListen: listen } = options.settings;
  advertisedAddress(options.settings);
  const server = new RouterServer(options);
  await server.listen(listen);
  return server;
}

/** A router that edges can ask. */
export class RouterServer {
  readonly #options: RouterServerOptions;
  readonly #server = new Server(channel);
  readonly #decisions: Decisions;
  readonly #batches: BatchTallies = { received: 0, sent: 0 };
  readonly #sessions = new Set<Session>();
  readonly #proof: NodeProof;
  readonly #now: () => number;
  #port = 0;
  #draining = false;

  constructor(options: RouterServerOptions) {
    const { router, log, secret, now = Date.now, capacity = defaultCapacity } = options;
    this.#options = options;
    this.#decisions = new Decisions(router, log, capacity);
    this.#proof = new NodeProof(secret);
    this.#now = now;
    this.#server.addService(
      { session: routerSession },
      { session: (stream: EdgeStream) => this.#open(stream) },
    );
    this.#observe();
  }

  /** What edges are told, `host:port`: the `grpc` address of this router's announcement. */
  get advertised(): string {
    return advertisedAddress(this.#options.settings, this.#port);
  }

  /** Decisions in flight: this router's load. */
  get inFlight(): number {
    return this.#decisions.inFlight;
  }

  async listen({ host, port }: HostPort): Promise<void> {
    const address = formatHostPort({ host, port });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(new Fault(routerListenFailed, `${address}: ${error.message}`, { cause: error }));
      else resolve(bound);
    });
    this.#port = await promise;
  }

  /** Sends edges elsewhere, and answers what they have asked; resolves when the last one has left. */
  async drain(): Promise<void> {
    this.#draining = true;
    for (const session of this.#sessions) session.drain();
    while (this.#sessions.size > 0) await Promise.all(Array.from(this.#sessions, ({ closed }) => closed));
  }

  /** Drains, and ends when no edge waits any more. */
  async stop(): Promise<void> {
    void this.drain();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#server.tryShutdown(() => resolve());
    const overdue = new AbortController();
    await Promise.race([ended, delay(graceMs, undefined, { signal: overdue.signal }).catch(() => undefined)]);
    overdue.abort();
    this.#server.forceShutdown();
  }

  #open(stream: EdgeStream): void {
    const text = String(stream.metadata.get('tandem-node-proof')[0] ?? '');
    const check = this.#proof.check(text, this.#now());
    if ('refused' in check) this.#refuse(stream, check.refused);
    else if (this.#draining) fail(stream, status.UNAVAILABLE, 'this router is about to go');
    else this.#admit(stream, check.node);
  }

  #admit(stream: EdgeStream, edge: string): void {
    const session = new Session(stream, this.#decisions, this.#batches);
    this.#sessions.add(session);
    const log = this.#options.log.child({ part: 'router' });
    log.info({ edge }, 'an edge is connected');
    void session.closed.then(() => {
      this.#sessions.delete(session);
      log.info({ edge }, 'an edge has left');
    });
    stream.sendMetadata(new Metadata());
  }

  #refuse(stream: EdgeStream, why: string): void {
    const err = new Fault(edgeUnproven, `${stream.getPeer()}: ${why}`);
    this.#options.log.warn({ err }, 'an edge was refused');
    fail(stream, status.UNAUTHENTICATED, why);
  }

  #observe(): void {
    const { metrics } = this.#options;
    metrics.observe(routerInFlight, (report) => report(this.inFlight));
    metrics.observe(routerSessions, (report) => report(this.#sessions.size));
    metrics.observe(routerDecisions, (report) => {
      for (const [result, count] of Object.entries(this.#decisions.tallies)) report(count, { result });
    });
    metrics.observe(routerBatches, (report) => {
      for (const [direction, count] of Object.entries(this.#batches)) report(count, { direction });
    });
  }
}

function fail(stream: EdgeStream, code: status, details: string): void {
  stream.emit('error', { code, details });
}
