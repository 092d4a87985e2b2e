import type { router } from '@tandem/contract';
import { answer, answerOnce } from './answer.ts';
import type { EdgeParts, ServerTx } from './parts.ts';
import { serviceRoute } from './record-route.ts';

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

/** Seconds within which a phone shall have said something over its connection (RFC 5626 §4.4). */
const flowTimer = '120';

/** RFC 3261 §10.3 step 8, RFC 3327 §5.3, RFC 3608 §6, RFC 5626 §6. */
export function confirmRegistration(parts: EdgeParts, tx: ServerTx, verdict: router.Registered): void {
  parts.counters.registered++;
  const contacts = verdict.contacts.map((value) => ['Contact', value] as const);
  const path = verdict.path.map((value) => ['Path', value] as const);
  const date = ['Date', new Date(parts.now()).toUTCString()] as const;
  const route = serviceRoute(tx.flow.listener);
  const service = route === undefined ? [] : [['Service-Route', route] as const];
  const headers = [...contacts, ...path, ...service, ...outbound(tx, verdict), date];
  answer(parts, tx, 200, { headers });
}

/** RFC 5626 §6, §5.4: the phone learns that its flow is kept, and how often it has to say something. */
function outbound({ flow }: ServerTx, verdict: router.Registered): (readonly [string, string])[] {
  if (!verdict.outbound) return [];
  const timer = flow.reliable ? [['Flow-Timer', flowTimer] as const] : [];
  return [['Require', 'outbound'], ...timer];
}
