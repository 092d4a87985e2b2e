import type { FaultKind } from '@tandem/sip';

/** What is wrong with a part of a trunk, as an operator wants to read it. */
export interface Problem {
  /** When it was seen, in milliseconds since 1970. */
  readonly at: number;
  readonly layer: Layer;
  /** The code, see docs/errors.md. */
  readonly fault: string;
  /** What was seen, and where. */
  readonly detail: string;
  readonly hint: string;
}

/** Where a failure sits. */
export type Layer = 'signaling' | 'auth' | 'routing' | 'sdp' | 'nat' | 'policy' | 'capacity';

export function problemOf({ code, hint }: FaultKind, layer: Layer, detail: string, at: number): Problem {
  return { at, layer, fault: code, detail, hint };
}
