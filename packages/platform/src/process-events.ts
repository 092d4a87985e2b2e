import type { Lifecycle } from './lifecycle.ts';
import type { Log } from './log.ts';

/** What comes before the end, until the signal says that there is no time for it. */
export type Farewell = (cut: AbortSignal) => Promise<void>;

/**
 * Ends the process in order at SIGINT or SIGTERM: exit code 0, or 1 when a part did not stop properly. At SIGTERM
 * `farewell` goes before; another signal cuts it short. The next signal ends the process at once with 1, and so does
 * whatever nobody caught: after that no state can be trusted.
 */
export function handleProcessEvents(
  lifecycle: Lifecycle,
  log: Log,
  farewell: Farewell = () => Promise.resolve(),
): void {
  const cut = new AbortController();
  let isLeaving = false;
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    isStopping = true;
    log.info({ signal }, 'stopping');
    const errors = await lifecycle.stop();
    process.exit(errors.length === 0 ? 0 : 1);
  };
  const leave = async (signal: NodeJS.Signals): Promise<void> => {
    isLeaving = true;
    await farewell(cut.signal);
    await stop(signal);
  };
  const end = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    if (isLeaving) cut.abort();
    else void (signal === 'SIGTERM' ? leave(signal) : stop(signal));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, stack: error.stack, origin }, 'nobody caught an error');
    process.exit(1);
  });
}
