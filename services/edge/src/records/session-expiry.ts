import { sessionExpired } from '../faults.ts';
import { hangUp } from '../hang-up.ts';
import type { EdgeParts } from '../parts.ts';

/** Milliseconds between two looks. */
const interval = 1_000;

/** Ends calls that no phone has refreshed in time (RFC 4028 §10): both may be gone. */
export class SessionExpiry {
  readonly #parts: EdgeParts;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;

  constructor(parts: EdgeParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#sweep(), interval).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #sweep(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { log, now, records } = this.#parts;
    for (const call of [...records.own.expired(now())]) {
      try {
        if (await records.isExpired(call)) void this.#end(call);
      } catch (err) {
        log.info({ callId: call, err }, 'whether a call was refreshed is not known yet: the store is away');
        break;
      }
    }
    this.#isBusy = false;
  }

  async #end(call: string): Promise<void> {
    try {
      await hangUp(this.#parts, call, sessionExpired);
    } catch (err) {
      this.#parts.log.error({ callId: call, err }, 'a call was not ended');
    }
  }
}
