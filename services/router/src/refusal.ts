import type { router } from '@tandem/contract';
import type { FaultKind } from '@tandem/sip';

/** Why a request goes no further. No Fault is thrown: a challenge is the beginning of most requests. */
export interface Refusal {
  readonly kind: FaultKind;
  /** What was looked at, see the contract's Step. */
  readonly rule: string;
  /** What is wrong, in plain words. */
  readonly detail: string;
  /** More header fields of the response. */
  readonly headers?: readonly router.HeaderField[];
}

export function refusal(kind: FaultKind, rule: string, detail: string): Refusal {
  return { kind, rule, detail };
}
