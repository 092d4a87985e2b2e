import type { Lifecycle } from './lifecycle.ts';
import type { Log } from './log.ts';

/**
 * Ends the process in order at SIGINT or SIGTERM: exit code 0, or 1 when a part did not stop properly. A second signal
 * ends it at once with 1, and so does whatever nobody caught: after that no state can be trusted.
 */
export function handleProcessEvents(lifecycle: Lifecycle, log: Log): void {
  let stopping = false;
  const end = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    void lifecycle.stop().then((errors) => process.exit(errors.length === 0 ? 0 : 1));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, stack: error.stack, origin }, 'nobody caught an error');
    process.exit(1);
  });
}
