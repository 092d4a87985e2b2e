import { setTimeout } from 'node:timers/promises';

/**
 * Milliseconds after which what is awaited is given up. It is no claim on how fast anything is: a busy machine stands
 * still for seconds.
 */
export const PATIENCE = 30_000;
const PAUSE = 10;

/** For what nobody announces, such as a port that opens or a file that grows: asks until the answer is yes. */
export async function until(
  what: () => string,
  ask: () => boolean | Promise<boolean>,
  ms: number = PATIENCE,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`${what()}: not within ${ms} ms`);
    await setTimeout(PAUSE);
  }
}
