import type { router } from '@tandem/contract';
import { RouterStream } from './router-stream.ts';

/** `unconnected` is not there at all; only one that is `serving` is asked. */
export type PeerState = 'unconnected' | 'draining' | 'silent' | 'serving';

/** What a peer tells the pool. */
export interface PeerOwner {
  /** It can be asked, or can be asked again. */
  available(peer: Peer): void;
  answered(peer: Peer, verdict: router.Verdict): void;
  /** Ended connections that it has seen to, by their ids. */
  told(ids: readonly number[]): void;
  /** The stream is gone, and with it the answers to these. */
  lost(peer: Peer, ids: readonly number[], why: string): void;
  /** A message with so many requests was sent. */
  sent(requests: number): void;
  proof(): string;
  readonly now: () => number;
}

/** Requests in one message at most: with the largest ones it stays below what the router receives. */
const maxRequests = 200;
/** Milliseconds without any sign of life, though one is due, after which a router gets nothing new. */
const silentMs = 250;
/** After so many it is asked for one. */
const probeMs = 100;
/** How long one attempt to connect may take, and how far apart attempts are at most. */
const connectMs = 2_000;
const firstPauseMs = 25;
const lastPauseMs = 1_000;

/** A router as this edge knows it: its stream, which is opened again for ever, and what it has not answered yet. */
export class Peer {
  readonly id: string;
  readonly address: string;
  /** Wants nothing new, as membership says. */
  leaving = false;
  /** Has said good-bye to membership: what it owes is all that it is kept for. */
  left = false;
  readonly #owner: PeerOwner;
  #stream: RouterStream | undefined;
  #open = false;
  /** Said by itself. */
  #draining = false;
  /** When each request was sent that it has not answered, the oldest first. */
  readonly #sent = new Map<number, number>();
  /** Those of them that were due. */
  readonly #overdue = new Set<number>();
  /** Since when a sign of life is due. */
  #awaited: number | undefined;
  #probed = false;
  #requests: router.Request[] = [];
  #ended: router.EndedConnection[] = [];
  #flushing = false;
  #failures = 0;
  #connectAt = 0;

  constructor(id: string, address: string, owner: PeerOwner) {
    this.id = id;
    this.address = address;
    this.#owner = owner;
    this.#connect(owner.now());
  }

  /** Requests that it has not answered. */
  get outstanding(): number {
    return this.#sent.size + this.#overdue.size;
  }

  state(now: number): PeerState {
    if (!this.#open) return 'unconnected';
    if (this.leaving || this.#draining) return 'draining';
    return this.#awaited !== undefined && now - this.#awaited > silentMs ? 'silent' : 'serving';
  }

  ask(request: router.Request, now: number): void {
    this.#sent.set(request.id, now);
    this.#awaited ??= now;
    this.#requests.push(request);
    this.#flushSoon();
  }

  tell(ended: router.EndedConnection): void {
    this.#ended.push(ended);
    this.#flushSoon();
  }

  /** Whether it has not answered a request. */
  owes(id: number): boolean {
    return this.#sent.has(id) || this.#overdue.has(id);
  }

  /** Its answer is not wanted any more. */
  forget(id: number): void {
    if (!this.#sent.delete(id)) this.#overdue.delete(id);
  }

  /** The requests that have waited since `before` and were not returned yet. */
  overdue(before: number): number[] {
    const ids: number[] = [];
    for (const [id, at] of this.#sent) {
      if (at > before) break;
      ids.push(id);
    }
    for (const id of ids) {
      this.#sent.delete(id);
      this.#overdue.add(id);
    }
    return ids;
  }

  /** Connects again when that is due, and asks for a sign of life. */
  tick(now: number): void {
    if (!this.#open && now >= this.#connectAt) {
      if (this.#stream) this.close(`no stream within ${connectMs} ms`);
      else this.#connect(now);
    }
    const due = this.#awaited !== undefined && now - this.#awaited > probeMs;
    if (!this.#open || !due || this.#probed) return;
    this.#probed = true;
    this.#flushSoon();
  }

  /** A router that is about to go need not wait for this edge longer than for its own answers. */
  #finishWhenAnswered(): void {
    if (this.#open && this.#draining && this.outstanding === 0 && !this.#flushing) this.#stream?.finish();
  }

  /** Ends the stream; what was not answered is lost. */
  close(why: string): void {
    this.#stream?.destroy();
    this.#lose(why);
  }

  #connect(now: number): void {
    this.#connectAt = now + connectMs;
    const stream: RouterStream = new RouterStream(this.address, this.#owner.proof(), {
      opened: () => this.#opened(),
      took: (batch) => this.#take(batch),
      ended: (why) => this.#lose(why),
    });
    this.#stream = stream;
  }

  #opened(): void {
    this.#open = true;
    this.#failures = 0;
    this.#owner.available(this);
  }

  #take({ verdicts, ended, draining }: router.VerdictBatch): void {
    const now = this.#owner.now();
    const silent = this.state(now) === 'silent';
    if (draining) this.#draining = true;
    this.#probed = false;
    for (const verdict of verdicts) {
      this.forget(verdict.id);
      this.#owner.answered(this, verdict);
    }
    this.#awaited = this.outstanding > 0 ? now : undefined;
    if (ended.length > 0) this.#owner.told(ended);
    if (silent && this.state(now) === 'serving') this.#owner.available(this);
    this.#finishWhenAnswered();
  }

  #lose(why: string): void {
    const ids = [...this.#sent.keys(), ...this.#overdue];
    this.#stream = undefined;
    this.#open = this.#draining = this.#probed = false;
    this.#awaited = undefined;
    this.#sent.clear();
    this.#overdue.clear();
    this.#requests = [];
    this.#ended = [];
    const pause = Math.min(lastPauseMs, firstPauseMs * 2 ** this.#failures++);
    this.#connectAt = this.#owner.now() + pause * (0.5 + Math.random() / 2);
    this.#owner.lost(this, ids, why);
  }

  /** What one turn of the event loop has brought goes out together. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    const requests = this.#requests;
    const ended = this.#ended;
    this.#requests = [];
    this.#ended = [];
    if (!this.#stream || !this.#open) return;
    let from = 0;
    do {
      const batch = { requests: requests.slice(from, from + maxRequests), ended: from === 0 ? ended : [] };
      this.#stream.write(batch);
      this.#owner.sent(batch.requests.length);
      from += maxRequests;
    } while (from < requests.length);
  }
}
