import { randomBytes } from 'node:crypto';
import {
  composeRequest,
  isSips,
  type ResponseContent,
  respond,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type TransactionFailure,
  type TransactionLayer,
} from '@tandem/sip';
import { type Account, fromHeader } from '../account.ts';
import type { Flow } from '../transport/transport.ts';

/** What a client transaction tells. */
export interface ClientUser {
  response(response: SipResponse): void;
  failed(cause: TransactionFailure): void;
}

/** What a server transaction tells: an INVITE was cancelled. */
export interface ServerUser {
  cancelled(reason: string | undefined): void;
}

export type ServerTx = ServerTransaction<Flow, ServerUser>;

/** What all parts of a user agent stand on. */
export interface AgentCore {
  readonly account: Account;
  readonly layer: TransactionLayer<Flow, ServerUser, ClientUser>;
  /** Milliseconds of any origin. */
  readonly clock: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** The way to the proxy, which gets every request. */
  readonly flow: () => Flow;
  /** The proxy as a message to the user names it. */
  readonly proxy: string;
  /** The URI at which the agent is reached; sips where it speaks TLS. */
  readonly contact: string;
  /** Milliseconds that the proxy may be silent after a request. */
  readonly answerWithin: number;
  readonly via: (branch: string) => string;
}

type Headers = readonly (readonly [name: string, value: string])[];

/** What a request outside a dialog adds. */
export interface InitialRequest {
  readonly method: string;
  readonly uri: string;
  readonly to: string;
  readonly via: string;
  /** Of From. */
  readonly tag: string;
  readonly callId: string;
  readonly sequence: number;
  readonly headers?: Headers;
  readonly body?: string;
}

export const allow: readonly [string, string] = ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE'];
export const sdpType: readonly [string, string] = ['Content-Type', 'application/sdp'];

/** The contact in a request to a URI, or in a response to one: sips for sips alone (RFC 5630 §5.1). */
export function contactFor({ contact }: Pick<AgentCore, 'contact'>, uri: string): string {
  return isSips(uri) ? contact : contact.replace(/^sips:/, 'sip:');
}

/** Writes a request outside a dialog (RFC 3261 §8.1.1). */
export function initialRequest(core: AgentCore, request: InitialRequest): string {
  const { account } = core;
  const { method, uri, to, via, tag, callId, sequence, headers = [], body } = request;
  return composeRequest({
    method,
    uri,
    headers: [
      ['Via', via],
      ['Max-Forwards', '70'],
      ['From', `${fromHeader(account)};tag=${tag}`],
      ['To', `<${to}>`],
      ['Call-ID', callId],
      ['CSeq', `${sequence} ${method}`],
      ...(method === 'REGISTER' ? [] : [['Contact', `<${contactFor(core, uri)}>`] as const]),
      ['User-Agent', 'tandem-phone'],
      ...headers,
    ],
    ...(body === undefined ? {} : { body }),
  });
}

/** Answers a request. */
export function answer(core: AgentCore, tx: ServerTx, status: number, content: ResponseContent = {}): void {
  core.layer.respond(tx, respond(tx.request, status, content), core.clock());
}

/** The Record-Route of a request that makes a dialog, for the responses that make it (§12.1.1). */
export function recordRoute(request: SipRequest): Headers {
  return request.values('Record-Route').map((value) => ['Record-Route', value] as const);
}

/** A session description that a message carries; undefined without one. */
export function sdpOf(message: SipRequest | SipResponse): string | undefined {
  return message.body === '' ? undefined : message.body;
}

/** Random text for tags and Call-IDs (RFC 3261 §19.3). */
export function token(): string {
  return randomBytes(8).toString('hex');
}
