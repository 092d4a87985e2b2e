import type { router } from '@tandem/contract';
import { Fault } from '@tandem/sip';
import { routerUnavailable } from '../faults.ts';

/** A connection of this edge that has ended. */
export type EndedConnection = Pick<router.EndedConnection, 'edge' | 'connection'>;

/** The way to a router: a direct call in one process, a stream between two. */
export interface RouterLink {
  /** Settles within two seconds: the caller's own retransmission timer is not far behind. */
  decide(request: router.Request): Promise<router.Verdict>;
  /** Says that nobody is reached through a connection any more; resolves when a router has seen to that. */
  connectionEnded(ended: EndedConnection): Promise<void>;
}

/** Asks for a verdict. Rejects with a Fault when none comes. */
export async function askRouter(link: RouterLink, request: router.Request): Promise<router.Verdict> {
  try {
    return await link.decide(request);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(routerUnavailable, error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
