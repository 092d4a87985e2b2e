import { Timer } from '@tandem/sip';

/** A timer that says when its time is over. */
export class Alarm extends Timer {
  readonly #expired: () => void;

  constructor(expired: () => void) {
    super();
    this.#expired = expired;
  }

  fire(): void {
    this.#expired();
  }
}
