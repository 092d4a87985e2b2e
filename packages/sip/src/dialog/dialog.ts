import { splitList } from '../header/list.ts';
import { parseNameAddr } from '../header/name-addr.ts';
import { composeRequest } from '../message/compose.ts';
import type { SipMessage } from '../message/message.ts';
import type { SipRequest } from '../message/request.ts';
import type { SipResponse } from '../message/response.ts';
import { parseUri } from '../uri/uri.ts';

/** One side's view of a dialog (RFC 3261 §12). Plain data. */
export interface Dialog {
  readonly callId: string;
  /** From of our requests, tag included. */
  readonly local: string;
  /** To of our requests, tag included. */
  readonly remote: string;
  /** The peer's Contact URI: our next Request-URI. */
  readonly target: string;
  /** Values of Route, first first. */
  readonly routes: readonly string[];
  /** The last CSeq number that we used; 0 when none. */
  readonly sequence: number;
}

/** The caller's view after a response with a To tag (§12.1.2); undefined when the response has no Contact. */
export function callerDialog(request: SipRequest, response: SipResponse): Dialog | undefined {
  const target = contactUri(response);
  if (target === undefined) return undefined;
  return {
    callId: request.callId,
    local: request.value('From')!,
    remote: response.value('To')!,
    target,
    routes: response.elements('Record-Route').reverse(),
    sequence: request.cseq.number,
  };
}

/** The callee's view of a request that it answered with `response` (§12.1.1). */
export function calleeDialog(request: SipRequest, response: SipMessage): Dialog | undefined {
  const target = contactUri(request);
  if (target === undefined) return undefined;
  return {
    callId: request.callId,
    local: response.value('To')!,
    remote: request.value('From')!,
    target,
    routes: request.elements('Record-Route'),
    sequence: 0,
  };
}

/** The same dialog after a request or response of the peer that refreshes its target (§12.2.1.2). */
export function refreshTarget(dialog: Dialog, message: SipMessage): Dialog {
  return { ...dialog, target: contactUri(message) ?? dialog.target };
}

/** What a request within the dialog adds. */
export interface DialogRequest {
  readonly method: string;
  readonly via: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Writes the next request within the dialog (§12.2.1.1); its CSeq is `dialog.sequence + 1`. */
export function dialogRequest(dialog: Dialog, request: DialogRequest): { text: string; dialog: Dialog } {
  const sequence = dialog.sequence + 1;
  const { uri, routes } = requestTarget(dialog);
  const text = composeRequest({
    method: request.method,
    uri,
    headers: [
      ['Via', request.via],
      ...routes.map((route) => ['Route', route] as const),
      ['Max-Forwards', '70'],
      ['From', dialog.local],
      ['To', dialog.remote],
      ['Call-ID', dialog.callId],
      ['CSeq', `${sequence} ${request.method}`],
      ...(request.headers ?? []),
    ],
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return { text, dialog: { ...dialog, sequence } };
}

/** §12.2.1.1: a strict first route takes the place of the target, which goes last. */
export function requestTarget(dialog: Pick<Dialog, 'target' | 'routes'>): {
  uri: string;
  routes: readonly string[];
} {
  const first = dialog.routes[0] === undefined ? undefined : parseNameAddr(dialog.routes[0])?.uri;
  const parsed = first === undefined ? undefined : parseUri(first);
  if (first === undefined || (parsed && parsed.scheme !== 'tel' && parsed.params.has('lr'))) {
    return { uri: dialog.target, routes: dialog.routes };
  }
  return { uri: first, routes: [...dialog.routes.slice(1), `<${dialog.target}>`] };
}

function contactUri(message: SipMessage): string | undefined {
  const value = message.value('Contact');
  return value === undefined ? undefined : parseNameAddr(splitList(value)[0]!)?.uri;
}
