import { errors } from '@nats-io/transport-node';
import { Fault } from '@tandem/sip';
import { busAway, busRefused } from '../../faults.ts';
import type { Log } from '../../log.ts';

/** Different reasons that are told: those that name a subject have no end. */
const maxTold = 100;

/** Why servers cannot be used: each reason is told once until one of them can. */
export class Complaints {
  readonly #log: Log;
  readonly #told = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  add(address: string, error: unknown): void {
    const fault = describe(address, error);
    if (this.#told.has(fault.message) || this.#told.size >= maxTold) return;
    this.#told.add(fault.message);
    if (fault.kind === busRefused) this.#log.error({ err: fault }, 'the bus refuses this node');
    else this.#log.warn({ err: fault }, 'the bus cannot be reached');
  }

  settle(): void {
    this.#told.clear();
  }
}

function describe(address: string, error: unknown): Fault {
  const refused =
    error instanceof errors.AuthorizationError ||
    error instanceof errors.PermissionViolationError ||
    error instanceof errors.UserAuthenticationExpiredError;
  return new Fault(refused ? busRefused : busAway, `${address}: ${reason(error)}`);
}

/** In words; a connection that was tried over several addresses has a reason for each. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reason))].join(', ');
  return error instanceof Error ? error.message : String(error);
}
