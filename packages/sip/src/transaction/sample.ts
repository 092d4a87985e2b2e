import { composeRequest } from '../message/compose.ts';
import { parseMessage } from '../message/parse.ts';
import { SipRequest } from '../message/request.ts';
import { respond } from '../message/respond.ts';
import { SipResponse } from '../message/response.ts';

/** What tests vary in a request. */
export interface Sample {
  readonly via?: string;
  readonly branch?: string;
  readonly cseq?: number;
  readonly callId?: string;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly uri?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** A request for tests, as latin1. */
export function requestText(method: string, sample: Sample = {}): string {
  const {
    branch = 'z9hG4bK1',
    cseq = 1,
    callId = 'c1',
    fromTag = 'a',
    toTag,
    uri = 'sip:bob@b.example',
  } = sample;
  const via = sample.via ?? `SIP/2.0/UDP a.example:5060;branch=${branch}`;
  return composeRequest({
    method,
    uri,
    headers: [
      ['Via', via],
      ['Max-Forwards', '70'],
      ['From', `<sip:alice@a.example>;tag=${fromTag}`],
      ['To', `<sip:bob@b.example>${toTag === undefined ? '' : `;tag=${toTag}`}`],
      ['Call-ID', callId],
      ['CSeq', `${cseq} ${method}`],
      ...(sample.headers ?? []),
    ],
  });
}

export function request(method: string, sample?: Sample): SipRequest {
  return read(requestText(method, sample), SipRequest);
}

/** The response to a request that was sent as text. */
export function responseTo(text: string, status: number, toTag = 'b'): SipResponse {
  return read(respond(read(text, SipRequest), status, { toTag }), SipResponse);
}

function read<T extends SipRequest | SipResponse>(text: string, kind: new (...args: never[]) => T): T {
  const message = parseMessage(text);
  if (message instanceof kind) return message;
  throw new Error(`not a ${kind.name}`, { cause: message });
}
