import { setTimeout } from 'node:timers/promises';

const DEADLINE = 5_000;
const PAUSE = 10;

/** For what nobody announces, such as a port that opens or a file that grows: asks until the answer is yes. */
export async function until(
  what: () => string,
  ask: () => boolean | Promise<boolean>,
  ms: number = DEADLINE,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`${what()}: not within ${ms} ms`);
    await setTimeout(PAUSE);
  }
}
