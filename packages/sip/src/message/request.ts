import { digits } from './characters.ts';
import { SipMessage } from './message.ts';
import type { Scan } from './scan.ts';

/** RFC 3261 §20.22. */
export const maxMaxForwards: number = 255;

/** The three parts of a Request-Line. */
export interface RequestLine {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
}

/** A request as it came. */
export class SipRequest extends SipMessage {
  readonly method: string;
  /** The Request-URI as written. */
  readonly uri: string;
  readonly version: string;
  /**
   * The topmost Via with `received` and `rport` as the transport saw them (RFC 3261 §18.2.1, RFC 3581 §4), when they
   * differ from what is written. Set once by whoever received the request.
   */
  stampedVia: string | undefined;

  constructor(text: string, scan: Scan, line: RequestLine) {
    super(text, scan);
    this.method = line.method;
    this.uri = line.uri;
    this.version = line.version;
  }

  /** Undefined when the header is absent or broken. */
  get maxForwards(): number | undefined {
    return digits(this.value('Max-Forwards') ?? '', maxMaxForwards);
  }
}
