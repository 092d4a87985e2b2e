import type { router } from '@tandem/contract';
import { sessionTooBrief } from './faults.ts';
import { partyOf, type Question } from './question.ts';
import { type Refusal, refusal } from './refusal.ts';

/** What becomes of the session timer of an INVITE (RFC 4028 §8.1). */
interface TimerPolicy {
  readonly edits: readonly router.HeaderEdit[];
  readonly steps: readonly router.Step[];
}

const nothing: TimerPolicy = { edits: [], steps: [] };

/** Asks for a timer where the caller asks for none, and refuses one that is too short. */
export function timerPolicy(question: Question): TimerPolicy | Refusal {
  const { request } = question;
  if (request.method !== 'INVITE') return nothing;
  const { expires, minExpires } = partyOf(question).tenant.sessionTimer;
  const { minSe = 0, sessionExpires: asked, supported } = request;
  if (asked === undefined) {
    return expires === undefined ? nothing : timer(Math.max(expires, minSe), minSe, minExpires);
  }
  if (asked >= minExpires) return nothing;
  // Who does not know of 422 gets what it must have.
  if (!supported.includes('timer')) return timer(minExpires, minSe, minExpires);
  return {
    ...refusal(sessionTooBrief, 'policy', `${asked} s, at least ${minExpires} s`),
    headers: [{ name: 'Min-SE', value: String(minExpires) }],
  };
}

function timer(expires: number, minSe: number, minExpires: number): TimerPolicy {
  const edits = [{ name: 'Session-Expires', value: String(expires) }];
  return {
    edits: minSe >= minExpires ? edits : [...edits, { name: 'Min-SE', value: String(minExpires) }],
    steps: [{ rule: 'policy', finding: `a session timer of ${expires} s is asked for` }],
  };
}
