import { composeRequest } from '../message/compose.ts';
import type { SipResponse } from '../message/response.ts';
import { hopByHopHeaders, sentRequest } from './sent-request.ts';

/** The ACK of a 300 to 699 response to an INVITE that was sent (RFC 3261 §17.1.1.3), as latin1. */
export function ackFor(invite: string, response: SipResponse): string {
  const request = sentRequest(invite);
  const to = response.value('To') ?? '';
  return composeRequest({ method: 'ACK', uri: request.uri, headers: hopByHopHeaders(request, 'ACK', to) });
}
