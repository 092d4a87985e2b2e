/** What a playout buffer has seen so far, in packets. */
export interface PlayoutCounters {
  played: number;
  /** Were due and not there. */
  missing: number;
  /** Came after they were due, or twice. */
  late: number;
}

const room = 64;

/**
 * Puts packets in order and gives one for each tick of the player. It waits until `depth` packets are there, at the
 * start and after it ran dry. A sequence number that is far off begins anew.
 */
export class Playout {
  readonly counters: PlayoutCounters = { played: 0, missing: 0, late: 0 };
  readonly #depth: number;
  readonly #ring: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(room);
  #held = 0;
  #playing = false;
  #next = 0;
  /** The lowest number that is not late. */
  #floor: number | undefined;

  constructor(depth: number = 3) {
    this.#depth = Math.min(depth, room / 2);
  }

  /** Takes a copy of a packet's payload. */
  put(sequence: number, payload: Uint8Array): void {
    if (this.#floor === undefined || Math.abs(ahead(sequence, this.#floor)) >= room) this.#restart(sequence);
    if (ahead(sequence, this.#floor!) < 0 || this.#ring[sequence % room]) {
      this.counters.late++;
      return;
    }
    if (this.#held === 0 || (!this.#playing && ahead(sequence, this.#next) < 0)) this.#next = sequence;
    this.#ring[sequence % room] = payload.slice();
    this.#held++;
  }

  /** The payload that is due; undefined when it is missing, or nothing is ready to be played. */
  take(): Uint8Array | undefined {
    if (!this.#playing && this.#held < this.#depth) return undefined;
    const frame = this.#ring[this.#next % room];
    this.#ring[this.#next % room] = undefined;
    this.#next = (this.#next + 1) & 0xffff;
    this.#floor = this.#next;
    if (frame) {
      this.counters.played++;
      this.#held--;
    } else this.counters.missing++;
    this.#playing = this.#held > 0;
    return frame;
  }

  #restart(sequence: number): void {
    this.#ring.fill(undefined);
    this.#held = 0;
    this.#playing = false;
    this.#floor = (sequence - this.#depth) & 0xffff;
  }
}

/** How far one number is ahead of another, on the circle of 16 bits. */
function ahead(sequence: number, of: number): number {
  return ((sequence - of) << 16) >> 16;
}
