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

  /** Seconds, without what may stand behind them (RFC 3261 §20.33); undefined when it does not say. */
  get retryAfter(): number | undefined {
    const seconds = /^\d{1,9}/.exec(this.value('Retry-After') ?? '');
    return seconds ? Number(seconds[0]) : undefined;
  }
}
