import { composeRequest } from '../message/compose.ts';
import { hopByHopHeaders, sentRequest } from './sent-request.ts';

/**
 * The CANCEL of an INVITE that was sent (RFC 3261 §9.1), as latin1. `reason` is the value of a Reason header
 * (RFC 3326); one with CR, LF or NUL throws a Fault.
 */
export function cancelFor(invite: string, reason?: string): string {
  const request = sentRequest(invite);
  const headers = hopByHopHeaders(request, 'CANCEL', request.value('To') ?? '');
  if (reason !== undefined) headers.push(['Reason', reason]);
  return composeRequest({ method: 'CANCEL', uri: request.uri, headers });
}
