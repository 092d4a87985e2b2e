import type { router } from '@tandem/contract';
import { Fault, hostOf, type SipRequest } from '@tandem/sip';
import { shareRests } from './faults.ts';

/** Milliseconds for which the calls of a domain are refused without asking anybody. */
const restMs = 100;
const maxDomains = 10_000;
/** The router's fault, see docs/errors.md. */
const overShare = 'share-exceeded';

/**
 * Keeps a tenant that is over its share from taking the time of the others: once a router has refused a call for it, the
 * calls of the same domain are refused here for a moment, before they cost anything. Only calls of proven callers make a
 * router say so: nobody can shut out a domain that is not his.
 */
export class Shares {
  /** When the rest of a domain ends. */
  readonly #resting = new Map<string, number>();

  /** Throws a Fault while the caller's domain rests. */
  check(request: SipRequest, now: number): void {
    if (this.#resting.size === 0) return;
    const domain = hostOf(request.from.uri);
    const until = this.#resting.get(domain);
    if (until === undefined) return;
    if (now < until) throw new Fault(shareRests, domain);
    this.#resting.delete(domain);
  }

  /** Takes note of why a router has refused a call. */
  refused(request: SipRequest, { fault }: router.Reject, now: number): void {
    if (fault !== overShare) return;
    if (this.#resting.size >= maxDomains) this.#resting.clear();
    this.#resting.set(hostOf(request.from.uri), now + restMs);
  }
}
