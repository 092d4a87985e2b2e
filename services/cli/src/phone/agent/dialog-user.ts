import type { Ending } from './ending.ts';
import type { Session } from './session.ts';

/** Whose dialog it is: the call. */
export interface DialogUser {
  readonly session: Session;
  /** There is something new in the session. */
  negotiated(): void;
  /** The ACK of a 2xx of ours has come. */
  acknowledged(): void;
  over(ending: Ending): void;
}

/** What a request within a dialog says beyond its method. */
export interface DialogContent {
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** Milliseconds that an INVITE may take before it is cancelled. */
  readonly ringTime?: number;
}
