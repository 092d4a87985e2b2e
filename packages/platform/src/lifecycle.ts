import { Fault } from '@tandem/sip';
import { alreadyStopping, stopOverdue } from './faults.ts';
import { Readiness } from './http/readiness.ts';
import type { Log } from './log.ts';

interface Part {
  readonly name: string;
  readonly close: () => unknown;
  readonly withinMs: number;
}

export interface PartOptions<T> {
  readonly open: () => T | Promise<T>;
  readonly close: (part: T) => unknown;
  /** How long closing may take. */
  readonly withinMs?: number;
}

const defaultWithinMs = 5_000;

/** Starts the parts of a process in order and stops them in reverse order. */
export class Lifecycle {
  /** Not ready until `running` is called, and not any more once it stops. */
  readonly readiness: Readiness = new Readiness();
  readonly #log: Log;
  readonly #parts: Part[] = [];
  #opening: Promise<unknown> = Promise.resolve();
  #stopped: Promise<readonly unknown[]> | undefined;

  constructor(log: Log) {
    this.#log = log;
    this.readiness.set('start', false);
  }

  /**
   * Opens one part. When that fails, the parts before it stay open: `stop` closes them. Rejects with
   * `already-stopping` once `stop` was called.
   */
  async start<T>(name: string, { open, close, withinMs = defaultWithinMs }: PartOptions<T>): Promise<T> {
    if (this.#stopped) throw new Fault(alreadyStopping, name);
    const opening = Promise.resolve().then(open);
    this.#opening = opening.catch(() => undefined);
    const part = await opening;
    this.#parts.push({ name, close: () => close(part), withinMs });
    if (this.#stopped) throw new Fault(alreadyStopping, name);
    return part;
  }

  /** Says that all parts have been started. */
  running(): void {
    this.readiness.set('start', true);
  }

  /** Closes all parts, the last first; what went wrong is logged and returned. Later calls get the same. */
  stop(): Promise<readonly unknown[]> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<readonly unknown[]> {
    this.readiness.stopping = true;
    const errors = await this.#close({
      name: 'start',
      close: () => this.#opening,
      withinMs: defaultWithinMs,
    });
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) {
      errors.push(...(await this.#close(part)));
    }
    return errors;
  }

  async #close(part: Part): Promise<unknown[]> {
    try {
      await closeInTime(part);
      return [];
    } catch (error) {
      this.#log.error({ err: error, part: part.name }, 'a part did not stop properly');
      return [error];
    }
  }
}

async function closeInTime({ name, close, withinMs }: Part): Promise<void> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Fault(stopOverdue, `${name}: not within ${withinMs} ms`)),
    withinMs,
  );
  try {
    await Promise.race([Promise.resolve().then(close), overdue]);
  } finally {
    clearTimeout(timer);
  }
}
