import { quotedEnd } from '../header/params.ts';
import type { SipRequest } from '../message/request.ts';
import { hostInUri } from '../uri/host-port.ts';

/**
 * The topmost Via with where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4), when that has to be said:
 * the host of sent-by is another one, or the client asks by `rport`. What it claims itself is overwritten.
 */
export function stampVia(request: SipRequest, host: string, port: number): string | undefined {
  const { via } = request;
  const asks = via.params.has('rport');
  const named = via.host === hostInUri(host);
  if (!asks && named && !via.params.has('received')) return undefined;
  const [head, ...params] = splitParams(request.elementsAt(request.find('Via'))[0]!);
  const kept = params.filter((param) => !/^[ \t\r\n]*(received|rport)[ \t\r\n]*(=|$)/i.test(param));
  const seen = asks ? [`received=${host}`, `rport=${port}`] : named ? [] : [`received=${host}`];
  return [head, ...kept, ...seen].join(';');
}

/** Where the response to a request over UDP goes: the source port when `rport` asks for it, else that of sent-by. */
export function replyPort(request: SipRequest, sourcePort: number): number {
  const { via } = request;
  return via.params.has('rport') ? sourcePort : (via.port ?? 5060);
}

/** What stands between the semicolons of a well-formed value; one within quotes divides nothing. */
function splitParams(value: string): string[] {
  if (!value.includes('"')) return value.split(';');
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < value.length; at++) {
    if (value[at] === '"') at = quotedEnd(value, at) - 1;
    else if (value[at] === ';') {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, value.slice(start)];
}
