import type { FaultKind } from '@tandem/sip';
import type { Layer } from '../problem.ts';

/** What is wrong, where, and what to do. */
export interface Wrong {
  /** The field that it is about, such as `spec.auth`; of the trunk unless it names another kind. */
  readonly field: string;
  readonly layer: Layer;
  /** The code, see docs/errors.md. */
  readonly fault: string;
  readonly hint: string;
}

/** What one step has found. */
export interface Finding {
  readonly evidence: readonly string[];
  readonly wrong?: Wrong | undefined;
  /** Nothing is wrong that can be seen without a call. */
  readonly isOpen?: boolean;
}

export function wrong({ code: fault, hint }: FaultKind, layer: Layer, field: string): Wrong {
  return { field, layer, fault, hint };
}
