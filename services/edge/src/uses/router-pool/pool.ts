import type { router } from '@tandem/contract';
import { type Log, type Metrics, NodeProof } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { routerRefused, routerUnavailable } from '../../faults.ts';
import { routerBatchRequests, routerDecision } from '../../metrics.ts';
import type { EndedConnection, RouterLink } from '../router.ts';
import { Choice } from './choice.ts';
import { EndedConnections } from './ended-connections.ts';
import { observePool } from './observe.ts';
import { Peer, type PeerState } from './peer.ts';
import { Questions } from './questions.ts';
import { type Routers, watchRouters } from './routers.ts';

/** What a pool stands on. */
export interface RouterPoolOptions {
  /** This edge's node id. */
  readonly node: string;
  /** That of the cluster, derived for `router`. */
  readonly secret: Uint8Array;
  readonly routers: Routers;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Requests that may wait for a verdict at once. */
  readonly capacity?: number;
}

const defaultCapacity = 10_000;
/** Milliseconds that one router may take; then another one is asked as well. */
const attemptMs = 500;
/** How often deadlines are looked at: one timer for all of them. */
const tickMs = 50;
/** When the timer itself is so late, what has come in meanwhile is read before anybody is judged. */
const lateMs = 150;

/** The routers that an edge asks, each over a stream of its own. */
export class RouterPool implements RouterLink {
  readonly #proof: () => string;
  readonly #log: Log;
  readonly #peers = new Map<string, Peer>();
  readonly #questions: Questions;
  readonly #ended = new EndedConnections();
  readonly #choice = new Choice();
  readonly #batchSize: (requests: number) => void;
  /** Why each router that is not connected is not, as far as it was logged. */
  readonly #troubles = new Map<string, string>();
  readonly #unwatch: () => void;
  readonly #timer: NodeJS.Timeout;
  #lastTick = performance.now();
  #skipped = false;
  #closed = false;

  constructor({ node, secret, routers, log, metrics, capacity = defaultCapacity }: RouterPoolOptions) {
    const proof = new NodeProof(secret);
    this.#proof = () => proof.issue(node, Date.now());
    this.#log = log;
    this.#batchSize = metrics.histogram(routerBatchRequests);
    this.#questions = new Questions({
      capacity,
      now,
      choose: (without, at) => this.#choice.leastOutstanding(this.#peers.values(), without, at),
      decisionTime: metrics.histogram(routerDecision),
    });
    observePool(metrics, {
      peers: () => this.#states(),
      pool: this.#questions.tallies,
      ended: this.#ended.tallies,
    });
    this.#unwatch = watchRouters(routers, log, {
      found: (id, address) => this.#found(id, address),
      drains: (id, draining) => this.#drains(id, draining),
      left: (id) => this.#left(id),
      died: (id) => this.#remove(id, 'it has died'),
    });
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /** How many routers would be asked now. */
  get serving(): number {
    return this.#states().filter((state) => state === 'serving').length;
  }

  decide(request: router.Request): Promise<router.Verdict> {
    if (this.#closed) return Promise.reject(new Fault(routerUnavailable, stopped));
    return this.#questions.add(request);
  }

  connectionEnded(ended: EndedConnection): Promise<void> {
    if (this.#closed) return Promise.reject(new Fault(routerUnavailable, stopped));
    const done = this.#ended.add(ended, now());
    this.#tell();
    return done;
  }

  /** What waits for a verdict fails. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#unwatch();
    this.#questions.close(stopped);
    this.#ended.close(stopped);
    for (const id of this.#peers.keys()) this.#remove(id, stopped);
  }

  #tick(): void {
    const at = now();
    const late = at - this.#lastTick > lateMs;
    this.#lastTick = at;
    this.#skipped = late && !this.#skipped;
    if (this.#skipped) return;
    this.#questions.expire(at);
    for (const peer of this.#peers.values()) {
      this.#questions.overdue(peer.overdue(at - attemptMs), peer.state(at) === 'silent');
      peer.tick(at);
      if (peer.left && peer.outstanding === 0) this.#remove(peer.id, 'it has left');
    }
    this.#tell();
  }

  #available(peer: Peer): void {
    if (this.#troubles.delete(peer.id)) this.#log.info({ router: peer.id }, 'a router is connected again');
    this.#questions.available();
    this.#tell();
  }

  #lost(peer: Peer, ids: readonly number[], why: string): void {
    if (this.#peers.get(peer.id) === peer) this.#note(peer, why);
    this.#questions.lost(peer, ids);
    this.#ended.lost(peer, now());
    this.#tell();
  }

  #tell(): void {
    const at = now();
    this.#ended.tell(at, () => this.#choice.leastOutstanding(this.#peers.values(), nobody, at));
  }

  #found(id: string, address: string): void {
    const known = this.#peers.get(id);
    if (known?.address === address) {
      known.left = false;
      return;
    }
    if (known) this.#remove(id, `it is at ${address} now`);
    const peer = new Peer(id, address, {
      now,
      proof: this.#proof,
      available: (each) => this.#available(each),
      answered: (each, verdict) => this.#questions.answered(each, verdict),
      told: (ids) => this.#ended.told(ids),
      lost: (each, ids, why) => this.#lost(each, ids, why),
      sent: (requests) => this.#batchSize(requests),
    });
    this.#peers.set(id, peer);
  }

  #drains(id: string, draining: boolean): void {
    const peer = this.#peers.get(id);
    if (!peer || peer.leaving === draining) return;
    peer.leaving = draining;
    if (peer.state(now()) === 'serving') this.#available(peer);
  }

  /** It may still answer what it was asked. */
  #left(id: string): void {
    const peer = this.#peers.get(id);
    if (peer) peer.leaving = peer.left = true;
  }

  #remove(id: string, why: string): void {
    const peer = this.#peers.get(id);
    this.#peers.delete(id);
    this.#troubles.delete(id);
    this.#log.info({ router: id, why }, 'a router is not asked any more');
    peer?.close(why);
  }

  /** Logs what keeps a router from being asked, once for as long as it stays the same. */
  #note({ id, address }: Peer, why: string): void {
    if (this.#troubles.get(id) === why) return;
    this.#troubles.set(id, why);
    const err = new Fault(routerRefused, `${address}: ${why}`);
    this.#log.warn({ router: id, err }, 'a router is not connected');
  }

  #states(): PeerState[] {
    const at = now();
    return Array.from(this.#peers.values(), (peer) => peer.state(at));
  }
}

const stopped = 'the edge has stopped';
const nobody: ReadonlySet<Peer> = new Set();
const now = (): number => performance.now();
