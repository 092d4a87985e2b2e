const sequenceNumbers = 65_536;
// RFC 3550 A.1.
const maxDropout = 3000;
const maxMisorder = 100;
const minSequential = 2;
const noBadSequence = sequenceNumbers + 1;

/**
 * What receivers know of the streams they hear: loss (RFC 3550 A.1, A.3) and jitter (A.8), one stream a slot.
 * A slot follows its stream through a change of SSRC or a restart, and keeps the losses from before.
 */
export class Reception {
  readonly #heard: Uint8Array;
  readonly #ssrc: Uint32Array;
  readonly #highest: Uint16Array;
  readonly #base: Uint16Array;
  readonly #probation: Uint8Array;
  readonly #bad: Uint32Array;
  readonly #cycles: Float64Array;
  readonly #received: Float64Array;
  readonly #lostBefore: Float64Array;
  readonly #timed: Uint8Array;
  readonly #timestamp: Uint32Array;
  readonly #arrival: Float64Array;
  readonly #jitter: Float64Array;

  constructor(slots: number) {
    this.#heard = new Uint8Array(slots);
    this.#ssrc = new Uint32Array(slots);
    this.#highest = new Uint16Array(slots);
    this.#base = new Uint16Array(slots);
    this.#probation = new Uint8Array(slots);
    this.#bad = new Uint32Array(slots);
    this.#cycles = new Float64Array(slots);
    this.#received = new Float64Array(slots);
    this.#lostBefore = new Float64Array(slots);
    this.#timed = new Uint8Array(slots);
    this.#timestamp = new Uint32Array(slots);
    this.#arrival = new Float64Array(slots);
    this.#jitter = new Float64Array(slots);
  }

  /** Forgets a slot's stream. */
  clear(slot: number): void {
    this.#heard[slot] = 0;
    this.#timed[slot] = 0;
    this.#jitter[slot] = 0;
    this.#lostBefore[slot] = 0;
  }

  /** Takes in a packet's number; false when its stream is not yet, or no longer, believed (RFC 3550 A.1). */
  receive(slot: number, ssrc: number, sequence: number): boolean {
    if (this.#heard[slot] === 0 || this.#ssrc[slot] !== ssrc) this.#meet(slot, ssrc, sequence);
    return this.#probation[slot]! > 0 ? this.#prove(slot, sequence) : this.#follow(slot, sequence);
  }

  /** Takes in when a packet arrived and was sampled, both in units of the payload's clock (RFC 3550 A.8). */
  time(slot: number, timestamp: number, arrival: number): void {
    // Packets of one instant (a video frame, a telephone event) leave one after the other: that says nothing.
    const spacing = (timestamp - this.#timestamp[slot]!) | 0;
    if (this.#timed[slot] === 1 && spacing === 0) return;
    if (this.#timed[slot] === 1) {
      const difference = Math.abs(arrival - this.#arrival[slot]! - spacing);
      this.#jitter[slot] = this.#jitter[slot]! + (difference - this.#jitter[slot]!) / 16;
    }
    this.#timed[slot] = 1;
    this.#timestamp[slot] = timestamp;
    this.#arrival[slot] = arrival;
  }

  /** Whether a number is the next, or may well be after losses, of the stream that the slot hears. */
  continues(slot: number, ssrc: number, sequence: number): boolean {
    if (this.#heard[slot] === 0 || this.#ssrc[slot] !== ssrc) return false;
    const ahead = (sequence - this.#highest[slot]!) & 0xffff;
    return ahead > 0 && ahead < maxDropout;
  }

  /** Whether the slot hears that source. */
  hears(slot: number, ssrc: number): boolean {
    return this.#heard[slot] === 1 && this.#ssrc[slot] === ssrc;
  }

  /** Packets that never came, by the numbers of those that did; never negative (RFC 3550 A.3). */
  lost(slot: number): number {
    return this.#lostBefore[slot]! + this.#lostNow(slot);
  }

  /** Interarrival jitter in units of the payload's clock (RFC 3550 §6.4.1). */
  jitter(slot: number): number {
    return this.#jitter[slot]!;
  }

  #meet(slot: number, ssrc: number, sequence: number): void {
    this.#lostBefore[slot] = this.lost(slot);
    this.#start(slot, sequence);
    this.#heard[slot] = 1;
    this.#ssrc[slot] = ssrc;
    this.#highest[slot] = sequence - 1;
    this.#probation[slot] = minSequential;
    this.#timed[slot] = 0;
  }

  #start(slot: number, sequence: number): void {
    this.#base[slot] = sequence;
    this.#highest[slot] = sequence;
    this.#bad[slot] = noBadSequence;
    this.#cycles[slot] = 0;
    this.#received[slot] = 0;
  }

  #prove(slot: number, sequence: number): boolean {
    const next = sequence === ((this.#highest[slot]! + 1) & 0xffff);
    this.#highest[slot] = sequence;
    this.#probation[slot] = next ? this.#probation[slot]! - 1 : minSequential - 1;
    if (this.#probation[slot] !== 0) return false;
    this.#start(slot, sequence);
    this.#received[slot] = 1;
    return true;
  }

  #follow(slot: number, sequence: number): boolean {
    const ahead = (sequence - this.#highest[slot]!) & 0xffff;
    if (ahead < maxDropout) {
      if (sequence < this.#highest[slot]!) this.#cycles[slot] = this.#cycles[slot]! + sequenceNumbers;
      this.#highest[slot] = sequence;
    } else if (ahead <= sequenceNumbers - maxMisorder) {
      if (sequence !== this.#bad[slot]) {
        this.#bad[slot] = (sequence + 1) & 0xffff;
        return false;
      }
      // Two in a row: the other side has started anew without saying so.
      this.#lostBefore[slot] = this.lost(slot);
      this.#start(slot, sequence);
    }
    this.#received[slot] = this.#received[slot]! + 1;
    return true;
  }

  #lostNow(slot: number): number {
    if (this.#heard[slot] === 0 || this.#probation[slot]! > 0) return 0;
    const expected = this.#cycles[slot]! + this.#highest[slot]! - this.#base[slot]! + 1;
    return Math.max(0, expected - this.#received[slot]!);
  }
}
