/** Milliseconds of a frame. */
const frameMs = 20;
/** Samples of a frame at 8 kHz. */
export const frameSamples = 160;

/** Frames that are made up for at once after the process was held up; older ones are let go. */
const burst = 25;

/** Tells how many frames are due. Deadlines are absolute, so that lateness does not add up. */
export class Pacer {
  #next: number;

  /** The first frame is due at `start`, in ms. */
  constructor(start: number) {
    this.#next = start;
  }

  /** When the next frame is due. */
  get next(): number {
    return this.#next;
  }

  /** Takes the frames that are due at `now`: how many to process, and how many to let go before them. */
  take(now: number): { readonly frames: number; readonly skipped: number } {
    const due = Math.max(0, Math.floor((now - this.#next) / frameMs) + 1);
    this.#next += due * frameMs;
    const frames = Math.min(due, burst);
    return { frames, skipped: due - frames };
  }
}
