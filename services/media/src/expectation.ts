/** Where packets may come from. */
export interface Expectation {
  /** An IP address, as `parseAddress` numbers it. */
  readonly address: number;
  /** 0 for any. */
  readonly port: number;
}

/** Whether one packet could meet both. */
export function confusable(one: Expectation, other: Expectation): boolean {
  return one.address === other.address && (one.port === 0 || other.port === 0 || one.port === other.port);
}
