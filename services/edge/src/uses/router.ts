import type { router } from '@tandem/contract';
import { Fault } from '@tandem/sip';
import { routerUnavailable } from '../faults.ts';

/** The way to a router: a direct call in one process, a stream between two. */
export interface RouterLink {
  decide(request: router.Request): Promise<router.Verdict>;
  /** Says that nobody is reached through a connection any more. */
  connectionEnded(ended: router.EndedConnection): Promise<void>;
}

/** Milliseconds that a verdict may take; the caller's own retransmission timer is not far behind. */
const deadline = 2_000;

/** Asks for a verdict. Rejects with a Fault when none comes in time. */
export async function askRouter(link: RouterLink, request: router.Request): Promise<router.Verdict> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Fault(routerUnavailable, `no verdict within ${deadline} ms`)),
    deadline,
  );
  try {
    return await Promise.race([link.decide(request), late]);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(routerUnavailable, error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
