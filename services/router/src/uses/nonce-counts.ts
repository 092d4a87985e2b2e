/** Which counts have been used with which nonce; the platform has the stores. */
export interface NonceCounts {
  /** Whether nobody has claimed this count before. Moments are milliseconds. */
  claim(nonceId: string, count: number, expiresAt: number, now: number): Promise<boolean>;
}
