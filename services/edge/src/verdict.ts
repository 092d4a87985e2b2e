import type { router } from '@tandem/contract';
import { answer, answerOnce } from './answer.ts';
import type { EdgeParts, ServerTx } from './parts.ts';

/** Asks for credentials. What costs no state cannot be exhausted: the next attempt is a new request anyway. */
export function challenge(parts: EdgeParts, tx: ServerTx, verdict: router.Challenge): void {
  parts.counters.challenged++;
  const name = verdict.status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
  answerOnce(parts, tx, verdict.status, { headers: verdict.challenges.map((value) => [name, value]) });
}

export function reject(parts: EdgeParts, tx: ServerTx, verdict: router.Reject): void {
  const { status, reason, headers } = verdict;
  answer(parts, tx, status, { reason, headers: headers.map(({ name, value }) => [name, value]) });
}

/** RFC 3261 §10.3 step 8, RFC 3327 §5.3. */
export function confirmRegistration(parts: EdgeParts, tx: ServerTx, verdict: router.Registered): void {
  parts.counters.registered++;
  const contacts = verdict.contacts.map((value) => ['Contact', value] as const);
  const path = verdict.path.map((value) => ['Path', value] as const);
  answer(parts, tx, 200, { headers: [...contacts, ...path, ['Date', new Date(parts.now()).toUTCString()]] });
}
