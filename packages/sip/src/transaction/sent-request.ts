import { parseMessage } from '../message/parse.ts';
import { SipRequest } from '../message/request.ts';

/** Reads a request that this process has written. */
export function sentRequest(text: string): SipRequest {
  const request = parseMessage(text);
  if (request instanceof SipRequest) return request;
  throw new Error('what was sent is not a request', { cause: request });
}

/** The headers of the ACK or the CANCEL that follows a request to the same hop (RFC 3261 §9.1 and §17.1.1.3). */
export function hopByHopHeaders(
  request: SipRequest,
  method: string,
  to: string,
): [name: string, value: string][] {
  return [
    ['Via', request.elements('Via')[0] ?? ''],
    ...request.values('Route').map((route): [string, string] => ['Route', route]),
    ['Max-Forwards', '70'],
    ['From', request.value('From') ?? ''],
    ['To', to],
    ['Call-ID', request.callId],
    ['CSeq', `${request.cseq.number} ${method}`],
  ];
}
