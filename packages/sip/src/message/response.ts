import { SipMessage } from './message.ts';
import type { Scan } from './scan.ts';

/** A response as it came. */
export class SipResponse extends SipMessage {
  /** 100 to 699. */
  readonly status: number;
  readonly reason: string;

  constructor(text: string, scan: Scan, status: number, reason: string) {
    super(text, scan);
    this.status = status;
    this.reason = reason;
  }
}
