import type { router } from '@tandem/contract';
import type { Ladder } from '../ladder/ladder.ts';
import type { CallTracing } from '../tracing/call-tracing.ts';
import type { EndedConnection, RouterLink } from './router.ts';

/** The way to a router; what it decides is noted. */
export class WatchedRouter implements RouterLink {
  readonly #link: RouterLink;
  readonly #ladder: Ladder | undefined;
  readonly #tracing: CallTracing | undefined;

  constructor(link: RouterLink, ladder: Ladder | undefined, tracing: CallTracing | undefined) {
    this.#link = link;
    this.#ladder = ladder;
    this.#tracing = tracing;
  }

  async decide(request: router.Request): Promise<router.Verdict> {
    const asked = this.#tracing?.invite(request);
    if (asked) request.traceparent = asked.traceparent;
    let verdict: router.Verdict | undefined;
    try {
      verdict = await this.#link.decide(request);
      this.#ladder?.decided(request, verdict);
      return verdict;
    } finally {
      asked?.decided(verdict);
    }
  }

  connectionEnded(ended: EndedConnection): Promise<void> {
    return this.#link.connectionEnded(ended);
  }
}
