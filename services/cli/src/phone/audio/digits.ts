import { type DtmfPacket, dtmfDigits, encodeDtmf } from '@tandem/rtp';
import { Fault } from '@tandem/sip';
import { dtmfUnavailable } from '../faults.ts';

/** A digit, and when its first packet was sent or came, in ms. */
export interface TimedDigit {
  readonly digit: string;
  readonly at: number;
}

/** Frames of audio between two digits. */
const gap = 3;

interface Batch {
  readonly sent: TimedDigit[];
  readonly settle: (sent: readonly TimedDigit[]) => void;
  readonly fail: (fault: Fault) => void;
}

interface Step {
  readonly packet: DtmfPacket | undefined;
  readonly batch: Batch;
  readonly digit: string;
  readonly last: boolean;
}

/** Digits on their way out, a packet in the place of each frame of audio (RFC 4733 §2.5.1). */
export class DigitQueue {
  #steps: Step[] = [];

  /** Settles when the last packet is out. Rejects with `dtmf-unavailable` when one of them is no digit. */
  push(digits: string): Promise<readonly TimedDigit[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly TimedDigit[]>();
    if (!/^[0-9*#A-Da-d]+$/.test(digits)) {
      reject(new Fault(dtmfUnavailable, `${JSON.stringify(digits)} has to be of ${dtmfDigits}`));
    } else {
      const batch = { sent: [], settle: resolve, fail: reject };
      const steps = Array.from(digits).flatMap((digit) => stepsOf(digit, batch));
      this.#steps.push(...steps.slice(0, -1), { ...steps.at(-1)!, last: true });
    }
    return promise;
  }

  /** The packet to send instead of the next frame; undefined when that is audio. */
  next(now: number): DtmfPacket | undefined {
    const step = this.#steps.shift();
    if (!step) return undefined;
    const { batch, digit, packet, last } = step;
    if (packet?.marker) batch.sent.push({ digit, at: now });
    if (last) batch.settle(batch.sent);
    return packet;
  }

  /** Lets go of what was not sent. */
  clear(reason: string): void {
    for (const { batch } of this.#steps) batch.fail(new Fault(dtmfUnavailable, reason));
    this.#steps = [];
  }
}

function stepsOf(digit: string, batch: Batch): Step[] {
  const packets = [...encodeDtmf(digit), ...new Array<undefined>(gap).fill(undefined)];
  return packets.map((packet) => ({ packet, batch, digit, last: false }));
}
