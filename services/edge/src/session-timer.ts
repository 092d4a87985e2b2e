import type { SipRequest, SipResponse } from '@tandem/sip';
import { otherParty, type SessionTimer } from './call-dialogs.ts';
import type { Party } from './token.ts';

type HeaderValues = readonly (readonly [name: string, value: string | undefined])[];

/** The longest that a call may be over before it is ended, in milliseconds (RFC 4028 §10). */
const longestGrace = 32_000;

/**
 * What a 2xx needs besides: where the callee knows of no timer and the caller does, the caller refreshes (RFC 4028 §8.2).
 * `changes` are the headers of the forwarded request that are not as they came.
 */
export function timerAnswer(
  request: SipRequest,
  changes: HeaderValues,
  response: SipResponse,
): readonly (readonly [name: 'Require' | 'Session-Expires', value: string])[] {
  if (!isRefresh(request) || Math.floor(response.status / 100) !== 2) return [];
  if (response.has('Session-Expires')) return [];
  const asked = changes.find(([name]) => name === 'Session-Expires')?.[1] ?? request.value('Session-Expires');
  const interval = readInterval(asked);
  if (interval === 0 || !supportsTimer(request)) return [];
  return [
    ['Require', [...response.elements('Require'), 'timer'].join(', ')],
    ['Session-Expires', `${interval};refresher=uac`],
  ];
}

/** Whether the timer begins anew with the answer (RFC 4028 §3). */
export function isRefresh({ method }: SipRequest): boolean {
  return method === 'INVITE' || method === 'UPDATE';
}

function supportsTimer(request: SipRequest): boolean {
  const tags = [...request.elements('Supported'), ...request.elements('Require')];
  return tags.some((tag) => tag.toLowerCase() === 'timer');
}

/**
 * What a 2xx has agreed on (RFC 4028 §7.2): `added` is what the proxy has put into it, `sender` who sent the request, `now`
 * when it passed. Undefined when there is no timer.
 */
export function sessionTimer(
  response: SipResponse,
  added: ReturnType<typeof timerAnswer>,
  sender: Party,
  now: number,
): SessionTimer | undefined {
  const value = added.find(([name]) => name === 'Session-Expires')?.[1] ?? response.value('Session-Expires');
  const interval = readInterval(value);
  if (interval === 0) return undefined;
  const isReceiver = /;\s*refresher\s*=\s*uas\s*(?:;|$)/i.test(value!);
  return refreshed({ interval, refresher: isReceiver ? otherParty(sender) : sender }, now);
}

/** The same timer, begun anew. */
export function refreshed(timer: SessionTimer, now: number): SessionTimer {
  return { ...timer, endsMs: now + timer.interval * 1_000 };
}

/** When a call without a sign is given up: as long after its end as phones do it before (RFC 4028 §10). */
export function givenUpAt(timer: SessionTimer | undefined): number {
  if (timer?.endsMs === undefined) return Number.POSITIVE_INFINITY;
  return timer.endsMs + Math.min(longestGrace, (timer.interval * 1_000) / 3);
}

function readInterval(value: string | undefined): number {
  const [seconds = ''] = value?.split(';', 1) ?? [];
  return /^\d{1,6}$/.test(seconds.trim()) ? Number(seconds) : 0;
}

/** The headers that keep a timer as it is, in a request in the name of `sender` (RFC 4028 §7.4). */
export function timerHeaders(
  timer: SessionTimer | undefined,
  sender: Party,
): readonly (readonly [name: string, value: string])[] {
  if (!timer) return [];
  const refresher = timer.refresher === sender ? 'uac' : 'uas';
  return [
    ['Supported', 'timer'],
    ['Session-Expires', `${timer.interval};refresher=${refresher}`],
  ];
}
