import type { SipResponse } from '@tandem/sip';
import { otherParty, type SessionTimer } from './call-dialogs.ts';
import type { Party } from './token.ts';

/** What a 2xx has agreed on (RFC 4028 §7.2); `sender` is who sent the request. Undefined when there is no timer. */
export function sessionTimer(response: SipResponse, sender: Party): SessionTimer | undefined {
  const [seconds = '', ...params] = response.value('Session-Expires')?.split(';') ?? [];
  const interval = /^\d{1,6}$/.test(seconds.trim()) ? Number(seconds) : 0;
  if (interval === 0) return undefined;
  const isReceiver = params.some((param) => /^\s*refresher\s*=\s*uas\s*$/i.test(param));
  return { interval, refresher: isReceiver ? otherParty(sender) : sender };
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
