import type { router } from '@tandem/contract';
import type { Log } from '@tandem/platform';
import { credentialsMissing, nonceStale } from './faults.ts';

/** Who scans must not fill the disk. */
const linesPerSecond = 20;

/** How every registration begins, and goes on. */
const usual: readonly string[] = [credentialsMissing.code, nonceStale.code];

/** Logs why requests were refused: the reasons that the wire does not tell. */
export class DecisionLog {
  readonly #log: Log;
  #second = 0;
  #lines = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  note(request: router.Request, { decision, explanation, identity }: router.Verdict, now: number): void {
    if (decision?.$case !== 'reject' && decision?.$case !== 'challenge') return;
    const { fault } = decision.value;
    if (usual.includes(fault) || !this.#hasRoom(now)) return;
    const { callId: sipCallId, method, requestUri, from, to, flow } = request;
    const fields = { sipCallId, method, requestUri, from, to, source: flow?.host, fault, explanation };
    this.#log.info({ ...fields, tenant: identity?.tenant }, explanation.at(-1)?.finding ?? fault);
  }

  #hasRoom(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      if (this.#lines > linesPerSecond) {
        this.#log.warn({ count: this.#lines - linesPerSecond }, 'refusals were not logged');
      }
      this.#second = second;
      this.#lines = 0;
    }
    return ++this.#lines <= linesPerSecond;
  }
}
