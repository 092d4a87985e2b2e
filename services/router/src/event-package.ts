import type { router } from '@tandem/contract';
import { eventUnserved, notifyForeign } from './faults.ts';
import { partyOf, type Question } from './question.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Packages whose state a server has to hold, which none does here: a phone knows nothing of them. */
const kept: readonly string[] = ['presence', 'presence.winfo', 'message-summary', 'reg', 'ua-profile'];

/** RFC 6665 §8.3.2: what can be subscribed to instead, at the phone itself. */
const allowEvents: router.HeaderField = { name: 'Allow-Events', value: 'dialog, refer, kpml' };

/** Why a request about events goes no further, whoever it is for (RFC 6665 §4.2.1.1, RFC 3903 §6). */
export function refuseEvent({ method, event }: router.Request): Refusal | undefined {
  if (method === 'PUBLISH') return unserved(`nobody here keeps the state ${event ?? 'of no package'}`);
  if (method !== 'SUBSCRIBE') return undefined;
  if (event === undefined) return unserved('the request has no Event');
  return kept.includes(event) ? unserved(`nobody here keeps the state ${event}`) : undefined;
}

/** Many phones obey a NOTIFY that they have not subscribed to: within a tenant that may be wanted. */
export function refuseNotify(question: Question, tenant: string): Refusal | undefined {
  const { method } = question.request;
  if (method !== 'NOTIFY' || tenant === partyOf(question).tenant.name) return undefined;
  return refusal(notifyForeign, 'policy', `the phone is of tenant ${tenant}`);
}

function unserved(detail: string): Refusal {
  return { ...refusal(eventUnserved, 'policy', detail), headers: [allowEvents] };
}
