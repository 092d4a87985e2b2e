import type { router } from '@tandem/contract';
import type { RouterPool } from '@tandem/edge';
import { until } from '../harness/deadline.ts';
import { register } from './routers.ts';

/** A stream of requests to a pool: so many at any time, until it is ended. */
export class Load {
  answered = 0;
  readonly failures: unknown[] = [];
  /** Verdicts that were none. */
  readonly strange: router.Verdict[] = [];
  readonly #pool: RouterPool;
  readonly #workers: Promise<void>[];
  #ended = false;

  constructor(pool: RouterPool, atOnce = 50) {
    this.#pool = pool;
    this.#workers = Array.from({ length: atOnce }, () => this.#work());
  }

  /** Waits until so many more requests were answered. */
  async more(count: number): Promise<void> {
    const goal = this.answered + count;
    await until(
      () => `${goal} answers, of which there are ${this.answered}; ${this.failures.join('; ')}`,
      () => this.answered >= goal || this.failures.length > 0,
    );
  }

  /** Resolves when all that was asked has its answer. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    while (!this.#ended) {
      try {
        const verdict = await this.#pool.decide(register());
        if (verdict.decision?.$case === 'challenge') this.answered++;
        else this.strange.push(verdict);
      } catch (error) {
        this.failures.push(error);
        return;
      }
    }
  }
}
