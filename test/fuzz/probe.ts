import { composeRequest } from '@tandem/sip';
import { PATIENCE } from '../harness/deadline.ts';
import { processorTime } from './proc.ts';
import { openSender, type Sender } from './sender.ts';
import type { Target } from './target.ts';

/** How long an answer took, in milliseconds. */
export interface Delay {
  readonly passed: number;
  /** Of these, those in which the target's thread worked: what else there is, the machine did with something else. */
  readonly worked: number;
}

/** Asks a target whether it is well, and measures how long the answer takes. */
export class Probe {
  readonly #target: Target;
  readonly #pid: number;
  readonly #sender: Sender;
  #count = 0;
  #answered: ((text: string) => void) | undefined;

  constructor(target: Target, pid: number) {
    this.#target = target;
    this.#pid = pid;
    this.#sender = openSender(target, (text) => this.#answered?.(text));
  }

  /** Asks with OPTIONS. Throws when there is no answer. */
  async ask(): Promise<Delay> {
    const callId = `probe-${++this.#count}.${this.#target.transport}`;
    const answer = this.#answerTo(callId);
    const [start, used] = [performance.now(), processorTime(this.#pid)];
    await Promise.all([this.#sender.send(this.#options(callId)), answer]);
    return { passed: performance.now() - start, worked: processorTime(this.#pid) - used };
  }

  close(): void {
    this.#sender.close();
  }

  async #answerTo(callId: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new Error(`no answer to ${callId} within ${PATIENCE} ms`)),
      PATIENCE,
    );
    this.#answered = (text) => {
      if (text.startsWith('SIP/2.0 200 ') && text.includes(callId)) resolve();
    };
    return promise.finally(() => clearTimeout(timer));
  }

  #options(callId: string): string {
    const { transport, host, port } = this.#target;
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return composeRequest({
      method: 'OPTIONS',
      uri: `sip:${address}`,
      headers: [
        ['Via', `SIP/2.0/${transport.toUpperCase()} probe.invalid;rport;branch=z9hG4bK-${callId}`],
        ['Max-Forwards', '70'],
        ['From', '<sip:probe@probe.invalid>;tag=probe'],
        ['To', `<sip:${address}>`],
        ['Call-ID', callId],
        ['CSeq', `${this.#count} OPTIONS`],
      ],
    });
  }
}
