import type { Condition } from './conditions.ts';
import type { Delivery } from './delivery.ts';
import type { ContactHealth } from './health.ts';
import type { Login } from './login.ts';

/** A sign that calls from a trunk arrive. */
export interface Sighting {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** Such as `INVITE` or `OPTIONS`. */
  readonly method: string;
  /** The address that it came from. */
  readonly source: string;
  /** Only the trunk could know where to, but it came from an address that is not the trunk's. */
  readonly isUnlisted?: boolean;
}

/** All that is known of a trunk, as it is kept for a successor and for whoever asks. */
export interface TrunkState {
  readonly tenant: string;
  readonly trunk: string;
  /** The node that owns it. */
  readonly owner: string;
  /** When this was written, in milliseconds since 1970. */
  readonly at: number;
  readonly login?: Login | undefined;
  readonly contacts: readonly ContactHealth[];
  readonly inbound?: Sighting | undefined;
  readonly stranger?: Sighting | undefined;
  readonly delivery?: Delivery | undefined;
  readonly conditions: readonly Condition[];
}

export function nameOf({ tenant, trunk }: Pick<TrunkState, 'tenant' | 'trunk'>): string {
  return `${tenant}/${trunk}`;
}

export function writeState(state: TrunkState): string {
  return JSON.stringify(state);
}

/** Undefined when another release wrote it in a way that this one cannot read. */
export function readState(text: string): TrunkState | undefined {
  try {
    const state = JSON.parse(text) as TrunkState;
    return Array.isArray(state.contacts) && Array.isArray(state.conditions) ? state : undefined;
  } catch {
    return undefined;
  }
}
