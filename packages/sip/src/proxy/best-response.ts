import type { SipResponse } from '../message/response.ts';

/** A final answer of one branch: a response, or the status of what was not answered (408, 503). */
export interface BranchResult {
  readonly status: number;
  readonly response?: SipResponse;
  /** It speaks of us, not of somebody downstream. */
  readonly isOurs?: boolean;
}

/** Within 4xx, what tells the caller most comes first (RFC 3261 §16.7 step 6). */
const telling = [401, 407, 415, 420, 484, 423, 486, 603, 480, 488, 404, 408];

/** The answer that goes upstream when no branch succeeded: a 6xx, or the best of the lowest class. */
export function bestResponse(results: readonly BranchResult[]): BranchResult | undefined {
  return results.reduce<BranchResult | undefined>(
    (best, next) => (best === undefined || rank(next.status) < rank(best.status) ? next : best),
    undefined,
  );
}

function rank(status: number): number {
  if (status >= 600) return 0;
  // 487 is only the echo of our own CANCEL.
  if (status === 487) return 4_998;
  const position = telling.indexOf(status);
  return Math.floor(status / 100) * 1_000 + (position === -1 ? telling.length : position);
}

/** Challenges of all branches are answered together (§16.7 step 7). */
export function mergedChallenges(results: readonly BranchResult[]): (readonly [string, string])[] {
  const merged: (readonly [string, string])[] = [];
  for (const { status, response } of results) {
    if (!response || (status !== 401 && status !== 407)) continue;
    for (const name of ['WWW-Authenticate', 'Proxy-Authenticate'] as const) {
      for (const value of response.values(name)) merged.push([name, value]);
    }
  }
  return merged;
}
