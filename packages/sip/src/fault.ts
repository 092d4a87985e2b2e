/** How a failure counts in metrics and call records. */
export const outcomes = [
  'success',
  'client_error',
  'server_error',
  'upstream_error',
  'indeterminate',
] as const;
export type Outcome = (typeof outcomes)[number];

/** The parts of a call's way that can be to blame for its failure. */
export const layers = ['signaling', 'auth', 'routing', 'sdp', 'media', 'nat', 'policy', 'capacity'] as const;
export type Layer = (typeof layers)[number];

/**
 * One kind of failure. Each package and service lists its kinds in `src/faults.ts`, one exported constant per kind
 * (`export const malformedUri: FaultKind = { code: 'malformed-uri', … }`); docs/errors.md is generated from them.
 */
export interface FaultKind {
  /** Kebab-case, unique over all packages. */
  readonly code: string;
  /** The SIP status that a request meets; 0 when the failure never reaches the wire. */
  readonly status: number;
  readonly outcome: Outcome;
  /** The layer of a call that failed for it; undefined where no call does, or where that is how calls end. */
  readonly layer?: Layer;
  /** One sentence: what happened. */
  readonly meaning: string;
  /** One sentence: what to do. */
  readonly hint: string;
}

/** A failure of a known kind. Its message is `code: detail`, and the detail names what is wrong and where. */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly detail: string;

  constructor(kind: FaultKind, detail: string, options?: ErrorOptions) {
    super(`${kind.code}: ${detail}`, options);
    this.name = 'Fault';
    this.kind = kind;
    this.detail = detail;
  }
}
