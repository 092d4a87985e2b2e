import type { router } from '@tandem/contract';
import { aorOf, type Location } from '@tandem/location';
import type { Snapshot } from '@tandem/resource';
import { Fault, type HmacKey, hmacKey } from '@tandem/sip';
import { challenge } from './challenge.ts';
import { nonceReplayed, storeUnavailable } from './faults.ts';
import { type Caller, identify, type Proven, type Unproven } from './identity.ts';
import { refusal } from './refusal.ts';
import { readRegistration, registered } from './registration.ts';
import { route, wanted } from './route.ts';
import type { NonceCounts } from './uses/nonce-counts.ts';
import { rejection, verdict } from './verdict.ts';

/** What a router needs of others. */
export interface RouterParts {
  /** The configuration in force. */
  readonly snapshot: () => Snapshot;
  readonly location: Location;
  readonly nonceCounts: NonceCounts;
  /** Signs nonces; the same on every router of a cluster. */
  readonly secret: string | Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How long a phone shall wait when a store is down, in seconds. */
const retryAfter = 5;

/** Decides requests. It keeps nothing between two of them: the decision itself is `identify`, `wanted` and `route`. */
export class Router {
  readonly #parts: RouterParts;
  readonly #key: HmacKey;

  constructor(parts: RouterParts) {
    this.#parts = parts;
    this.#key = hmacKey(parts.secret);
  }

  async decide(request: router.Request): Promise<router.Verdict> {
    const now = this.#parts.now();
    const snapshot = this.#parts.snapshot();
    const caller = identify(snapshot, this.#key, request, now);
    try {
      return await this.#conclude(snapshot, request, await this.#claim(caller, now), now);
    } catch (error) {
      if (error instanceof Fault && error.kind === storeUnavailable)
        return unavailable(request, caller, error);
      throw error;
    }
  }

  /** Credentials that have been used before prove nothing. */
  async #claim(caller: Caller, now: number): Promise<Caller> {
    if (caller.is !== 'proven' || !caller.claim) return caller;
    const { nonce, count, expiresAt } = caller.claim;
    if (await stored(this.#parts.nonceCounts.claim(nonce, count, expiresAt, now))) return caller;
    const detail = `count ${count} of the nonce has been used`;
    return {
      is: 'unproven',
      realm: caller.realm,
      kind: nonceReplayed,
      detail,
      stale: true,
      steps: caller.steps,
    };
  }

  async #conclude(
    snapshot: Snapshot,
    request: router.Request,
    caller: Caller,
    now: number,
  ): Promise<router.Verdict> {
    switch (caller.is) {
      case 'refused':
        return rejection(request, caller.refusal, caller.steps, caller.user);
      case 'unproven':
        return this.#challenge(request, caller, now);
      case 'proven':
        if (request.method === 'REGISTER') return this.#register(request, caller, now);
        return this.#route(snapshot, request, caller, now);
    }
  }

  #challenge(request: router.Request, caller: Unproven, now: number): router.Verdict {
    const value = challenge(this.#key, request, caller, now);
    const steps = [...caller.steps, { rule: 'identity', finding: caller.detail }];
    return verdict(request, { $case: 'challenge', value }, steps);
  }

  async #route(
    snapshot: Snapshot,
    request: router.Request,
    caller: Proven,
    now: number,
  ): Promise<router.Verdict> {
    const question = { request, caller };
    const bindings = await stored(this.#parts.location.lookup(wanted(snapshot, question), now));
    return route(snapshot, bindings, question, now);
  }

  async #register(request: router.Request, caller: Proven, now: number): Promise<router.Verdict> {
    const { user, steps } = caller;
    const { location } = this.#parts;
    const aor = aorOf(user.tenant.name, user.name);
    const change = readRegistration(request, user);
    if ('kind' in change) return rejection(request, change, steps, user);
    if (request.contacts.length === 0) {
      const found = await stored(location.lookup([aor], now));
      return registered(request, caller, found.get(aor) ?? [], now);
    }
    const { refusal: refused, bindings } = await stored(location.update(aor, change, now));
    if (!refused) return registered(request, caller, bindings, now);
    return rejection(request, refusal(refused.kind, 'bindings', refused.detail), steps, user);
  }
}

/** What a store throws must not be taken for a defect of the router. */
async function stored<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new Fault(storeUnavailable, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function unavailable(request: router.Request, { steps }: Caller, { kind, detail }: Fault): router.Verdict {
  const headers = [{ name: 'Retry-After', value: String(retryAfter) }];
  return rejection(request, { kind, rule: 'bindings', detail, headers }, steps);
}
