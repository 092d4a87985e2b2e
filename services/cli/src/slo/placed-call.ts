/** What one side of a call has heard of the other. */
export interface Heard {
  /** Whether the other's tone was clean for at least half of the time. */
  readonly tone: boolean;
  readonly packets: number;
  /** Of those that left the other. */
  readonly lost: number;
  /** The longest time without a packet, in ms. */
  readonly longestGap: number;
}

/** What became of a call. */
export interface PlacedCall {
  /** When it began, by `performance.now()`. */
  readonly at: number;
  /** When it was over, by the same clock. */
  readonly over: number;
  /** Why nobody answered it. */
  readonly refused?: string;
  /** Why it was over before its time, or one side did not hear of its end. */
  readonly dropped?: string;
  /** Milliseconds from the INVITE until it rang or was answered; undefined when it did neither. */
  readonly postDialDelay: number | undefined;
  /** What caller and callee have heard; empty unless it was answered. */
  readonly heard: readonly Heard[];
}
