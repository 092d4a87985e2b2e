import type { TimerWheel } from '../timer/wheel.ts';
import { type Entry, ResendTimer } from './entry.ts';
import type { Flow, Transport } from './listener.ts';
import { type TimerName, timers } from './timers.ts';

/** How many transactions of one kind there are. */
export interface Tally {
  /** Waiting for a response, for the user or for an ACK. */
  active: number;
  /** Finished, kept for retransmissions. */
  completed: number;
}

interface Machine {
  readonly kind: string;
  readonly text: string;
}

/** What the tables of server and of client transactions have in common: timers, sending, counting. */
export abstract class TransactionTable<F extends Flow, M extends Machine> {
  readonly tallies: Record<M['kind'], Tally>;
  /** Transactions of all kinds, finished ones included. */
  size = 0;
  readonly #wheel: TimerWheel;
  readonly #transport: Transport<F>;

  constructor(tallies: Record<M['kind'], Tally>, wheel: TimerWheel, transport: Transport<F>) {
    this.tallies = tallies;
    this.#wheel = wheel;
    this.#transport = transport;
  }

  protected enter(entry: Entry<F, M>): void {
    this.#tally(entry).active++;
    this.size++;
  }

  /** Stops the timers of an entry that has been taken out. */
  protected leave(entry: Entry<F, M>): void {
    this.#wheel.cancel(entry);
    if (entry.resend) this.#wheel.cancel(entry.resend);
    if (entry.finished) this.#tally(entry).completed--;
    else this.#tally(entry).active--;
    this.size--;
  }

  protected arm(entry: Entry<F, M>, timer: TimerName, deadline: number): void {
    const { role } = timers[timer];
    if (role === 'resend') {
      entry.resend ??= new ResendTimer(entry, timer);
      entry.resend.timer = timer;
      this.#wheel.arm(entry.resend, deadline);
      return;
    }
    if (role === 'rest') this.#finish(entry);
    entry.timer = timer;
    this.#wheel.arm(entry, deadline);
  }

  protected disarm(entry: Entry<F, M>, timer: TimerName): void {
    const armed = timers[timer].role === 'resend' ? entry.resend : entry;
    if (armed) this.#wheel.cancel(armed);
  }

  protected send(text: string, flow: F): void {
    try {
      this.#transport.send(text, flow);
    } catch (error) {
      this.#transport.error(error);
    }
  }

  #finish(entry: Entry<F, M>): void {
    entry.finished = true;
    entry.shrink();
    const tally = this.#tally(entry);
    tally.active--;
    tally.completed++;
  }

  #tally(entry: Entry<F, M>): Tally {
    return this.tallies[entry.machine.kind as M['kind']];
  }
}
