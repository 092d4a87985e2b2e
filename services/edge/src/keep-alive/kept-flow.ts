import type { Binding } from '@tandem/location';
import { Timer } from '@tandem/sip';
import type { Flow } from '../socket/flow.ts';

/** The way to a phone that registered by datagram. */
export type DatagramFlow = Pick<Binding['flow'], 'host' | 'port' | 'localPort' | 'localHost'>;

/** What is to be kept, for how long, and how. */
export interface Keeping {
  readonly flow: DatagramFlow;
  readonly aor: string;
  readonly contact: string;
  /** Seconds. */
  readonly interval: number;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A phone that is asked from time to time whether it is there. */
export class KeptFlow extends Timer {
  keeping: Keeping;
  /** When the phone said something of its own accord. */
  heardAt = 0;
  /** The question that waits for its answer; empty when none does. */
  branch = '';
  askedAt = 0;
  /** How many questions in a row were not answered. */
  missed = 0;
  /** What the store knows of it. */
  told: 'nothing' | 'reachable' | 'unreachable' = 'nothing';
  readonly #due: (kept: KeptFlow, now: number) => void;

  constructor(keeping: Keeping, due: (kept: KeptFlow, now: number) => void) {
    super();
    this.keeping = keeping;
    this.#due = due;
  }

  fire(now: number): void {
    this.#due(this, now);
  }
}

/** The key of a flow. */
export function nameOf({ host, port, localPort, localHost = '' }: DatagramFlow): string {
  return `${host} ${port} ${localPort} ${localHost}`;
}

/** A flow of this edge, as a binding names it. */
export function datagramFlow({ host, port, listener }: Flow): DatagramFlow {
  const localHost = listener.floating ? listener.host : undefined;
  return { host, port, localPort: listener.port, ...(localHost !== undefined && { localHost }) };
}
