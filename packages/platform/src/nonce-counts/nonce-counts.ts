/**
 * Which counts (`nc`) have been used with which nonce, so that no credentials are good twice (RFC 7616 §3.4).
 */
export interface NonceCounts {
  /**
   * Whether this is the first use of the count. Counts may arrive out of order: those of the last
   * {@link nonceWindow} before the highest are told apart, older ones count as used.
   * `expiresAt` of the nonce and `now` are in milliseconds; from `expiresAt` on the answer is false.
   * Who claims the highest count again under the same name is told true again: a router that did not answer may have
   * claimed it before the next one was asked.
   */
  claim(nonceId: string, count: number, expiresAt: number, now: number, claimant?: string): Promise<boolean>;
}

/** How far behind the highest count another may be. */
export const nonceWindow: number = 32;

/** The highest `nc`: it has eight hexadecimal digits. */
export const maxNonceCount: number = 0xffff_ffff;
