import type { router } from '@tandem/contract';
import type { Ladder } from '../ladder/ladder.ts';
import type { RouterLink } from './router.ts';

/** The way to a router; what it decides is noted. */
export class WatchedRouter implements RouterLink {
  readonly #link: RouterLink;
  readonly #ladder: Ladder;

  constructor(link: RouterLink, ladder: Ladder) {
    this.#link = link;
    this.#ladder = ladder;
  }

  async decide(request: router.Request): Promise<router.Verdict> {
    const verdict = await this.#link.decide(request);
    this.#ladder.decided(request, verdict);
    return verdict;
  }

  connectionEnded(ended: router.EndedConnection): Promise<void> {
    return this.#link.connectionEnded(ended);
  }
}
