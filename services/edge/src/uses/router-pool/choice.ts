import type { Peer } from './peer.ts';

/** What a choice looks at: a `Peer` is one. */
export type Choosable = Pick<Peer, 'outstanding' | 'state'>;

/** Chooses routers, one after the other. */
export class Choice {
  #turn = 0;

  /** Of those that serve the one with the fewest requests outstanding; those that have as few take turns. */
  leastOutstanding<P extends Choosable>(
    peers: Iterable<P>,
    without: ReadonlySet<unknown>,
    now: number,
  ): P | undefined {
    let least: P[] = [];
    let fewest = Number.POSITIVE_INFINITY;
    for (const peer of peers) {
      if (peer.outstanding > fewest || without.has(peer) || peer.state(now) !== 'serving') continue;
      if (peer.outstanding < fewest) least = [];
      fewest = peer.outstanding;
      least.push(peer);
    }
    return least[this.#turn++ % least.length];
  }
}
