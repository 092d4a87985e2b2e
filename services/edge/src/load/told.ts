import { fnv } from '@tandem/platform';
import type { SipRequest } from '@tandem/sip';

/** Milliseconds within which a request may be sent again: 64*T1 (RFC 3261 §17.1.1.2). */
const lifetime = 32_000;

/** Requests that were answered without a transaction, for as long as they may be sent again. Their senders are done with them. */
export class Told {
  #recent = new Set<number>();
  #former = new Set<number>();
  #turnedAt = 0;
  readonly #room: number;

  /** `room` requests are remembered, twice: of this time, and of the time before. What is beyond pushes out the oldest. */
  constructor(room = 100_000) {
    this.#room = room;
  }

  add(request: SipRequest, now: number): void {
    this.#turn(now, this.#recent.size >= this.#room);
    this.#recent.add(keyOf(request));
  }

  has(request: SipRequest, now: number): boolean {
    if (this.#recent.size + this.#former.size === 0) return false;
    this.#turn(now, false);
    const key = keyOf(request);
    return this.#recent.has(key) || this.#former.has(key);
  }

  #turn(now: number, isFull: boolean): void {
    const elapsed = now - this.#turnedAt;
    if (elapsed < lifetime && !isFull) return;
    this.#former = elapsed < 2 * lifetime ? this.#recent : new Set();
    this.#recent = new Set();
    this.#turnedAt = now;
  }
}

/** The same for each copy of a request: 52 bits, for a text would keep the whole message. */
function keyOf(request: SipRequest): number {
  const text = `${request.via.params.get('branch')}\n${request.callId}\n${request.value('CSeq')}`;
  return (fnv(text) >>> 0) + (fnv(text, 0x2b5c1d7f) & 0xfffff) * 2 ** 32;
}
