import type { router } from '@tandem/contract';
import { readTraceparent, type Tracing } from '@tandem/platform';

/** Puts decisions, and what stores were asked for them, into the traces of calls. */
export class DecisionTracing {
  readonly #tracing: Tracing;

  constructor(tracing: Tracing) {
    this.#tracing = tracing;
  }

  /** Runs a decision within the trace that the request belongs to. */
  decision({ traceparent }: router.Request, decide: () => Promise<router.Verdict>): Promise<router.Verdict> {
    const parent = readTraceparent(traceparent);
    return parent ? this.#traced(parent, decide) : decide();
  }

  /** Asks a store within the decision that is being made, if there is one. */
  async store<T>(operation: string, ask: () => Promise<T>): Promise<T> {
    const parent = this.#tracing.current;
    if (!parent) return ask();
    const span = this.#tracing.begin('router', `store ${operation}`, parent, { kind: 'client' });
    try {
      return await ask();
    } catch (error) {
      span.setStatus({ code: 2, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  }

  async #traced(
    parent: NonNullable<ReturnType<typeof readTraceparent>>,
    decide: () => Promise<router.Verdict>,
  ): Promise<router.Verdict> {
    const span = this.#tracing.begin('router', 'decide', parent, { kind: 'server' });
    const verdict = await this.#tracing.within(span, decide);
    const { decision, explanation } = verdict;
    // Who was not authenticated begins another trace with the next request.
    if (decision?.$case === 'challenge') return verdict;
    span.setAttribute('tandem.verdict', decision?.$case ?? 'none');
    if (decision?.$case === 'reject') span.setAttribute('tandem.fault', decision.value.fault);
    for (const { rule, finding } of explanation) span.addEvent(`${rule}: ${finding}`);
    span.end();
    return verdict;
  }
}
