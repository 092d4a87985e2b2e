import { SipRequest } from '@tandem/sip';
import type { Admission } from '../admission.ts';
import { hasCredentials } from '../guard/request-signs.ts';
import { rankOf } from './rank.ts';
import type { Rank } from './shedding.ts';

/** The ranks of requests in their order, and between them what answers a challenge: work was done for it already. */
export type Lane = Rank | 'answering';

/** Who is served first. */
export const lanes: readonly Lane[] = ['first', 'answering', 'registration', 'call', 'probe'];

/**
 * Where a message waits: that decides about the order only. A CANCEL waits where its INVITE may, for it must not be
 * there first; what is malformed begins nothing, and is refused when there is time.
 */
export function laneOf(admission: Admission, goesFirst: (request: SipRequest) => boolean): Lane {
  if (admission.kind === 'refused') return 'probe';
  const { message } = admission;
  if (!(message instanceof SipRequest)) return 'first';
  if (message.method === 'CANCEL') return 'call';
  const rank = rankOf(message);
  if (rank === 'first' || goesFirst(message)) return 'first';
  return hasCredentials(message) ? 'answering' : rank;
}
