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

/** Whether both are of one known port. */
export function isSamePort(one: Expectation, other: Expectation): boolean {
  return one.address === other.address && one.port === other.port && one.port !== 0;
}
