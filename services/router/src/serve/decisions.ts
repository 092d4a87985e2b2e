import type { router } from '@tandem/contract';
import type { Log } from '@tandem/platform';
import type { FaultKind } from '@tandem/sip';
import { routerFailed, routerOverloaded } from '../faults.ts';
import type { Router } from '../router.ts';
import { rejection } from '../verdict.ts';

/** What decides. */
export type Decider = Pick<Router, 'decide' | 'connectionEnded'>;

/** Seconds after which a phone may try again when no router has room. */
const retryAfter = '5';

/** The decisions that a router has under way, for all edges together. */
export class Decisions {
  /** What came of the requests so far. */
  readonly tallies = { decided: 0, overloaded: 0, failed: 0 };
  readonly #router: Decider;
  readonly #log: Log;
  readonly #capacity: number;
  #inFlight = 0;

  constructor(router: Decider, log: Log, capacity: number) {
    this.#router = router;
    this.#log = log;
    this.#capacity = capacity;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Never rejects: what cannot be decided here says so, and the edge asks elsewhere. */
  async decide(request: router.Request): Promise<router.Verdict> {
    if (this.#inFlight >= this.#capacity) {
      this.tallies.overloaded++;
      return declined(request, routerOverloaded, `${this.#inFlight} requests are being decided`);
    }
    this.#inFlight++;
    try {
      const verdict = await this.#router.decide(request);
      this.tallies.decided++;
      return verdict;
    } catch (err) {
      this.tallies.failed++;
      this.#log.error({ err, sipCallId: request.callId }, 'a request could not be decided');
      return declined(request, routerFailed, String(err));
    } finally {
      this.#inFlight--;
    }
  }

  /** Whether nobody is reached through the connection any more; else the edge has to say it again. */
  async connectionEnded(ended: router.EndedConnection): Promise<boolean> {
    try {
      await this.#router.connectionEnded(ended);
      return true;
    } catch (err) {
      this.#log.warn({ err }, 'what had registered over a connection that has ended could not be removed');
      return false;
    }
  }
}

function declined(request: router.Request, kind: FaultKind, detail: string): router.Verdict {
  const headers = [{ name: 'Retry-After', value: retryAfter }];
  return rejection(request, { kind, rule: 'capacity', detail, headers }, []);
}
