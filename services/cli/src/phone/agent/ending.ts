/** How a call ended. */
export interface Ending {
  readonly by: 'local' | 'remote';
  /** 200 after a BYE; 487 when the caller gave up; else the status that refused the call or broke it off. */
  readonly status: number;
  readonly reason: string;
}
