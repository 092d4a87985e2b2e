import { conceal } from '@tandem/sdp';
import { type Dialog, dialogRequest, Fault, nextHop, type SipResponse } from '@tandem/sip';
import type { Authorized } from './branch.ts';
import type { Leg } from './call-dialogs.ts';
import { type ExchangeResult, exchangeAlong, randomText } from './client-exchange.ts';
import { isGruu, whereNow } from './destination.ts';
import { wayBack } from './in-dialog.ts';
import { maskContact } from './mask.ts';
import { NextHops } from './next-hops.ts';
import { viaValue } from './own-via.ts';
import type { EdgeParts } from './parts.ts';
import { facadeOf } from './record-route.ts';
import type { Flow } from './socket/flow.ts';
import { authorizedAgain, dialogCredentials } from './trunk-challenge.ts';

export type OwnRequestParts = Pick<
  EdgeParts,
  'layer' | 'locator' | 'log' | 'names' | 'node' | 'now' | 'router' | 'send' | 'tokenKey'
>;

/** A request that the edge itself sends to a party, in the name of the other one. */
export interface OwnRequest {
  readonly method: 'BYE' | 'INVITE';
  /** Where the other party is, when the request says so. */
  readonly contact?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** Those among the headers that the ACK has as well (RFC 3261 §22.1). */
  readonly credentials?: Authorized['headers'];
}

/** What has come of it: a final response, or a status in its place (RFC 3261 §8.1.3.1). */
export interface OwnResult {
  readonly status: number;
  readonly response?: SipResponse;
  /** The IP address that it came from. */
  readonly source: string;
}

/** What leads to a party, and who that is where it may ask for credentials. */
type OwnLeg = Pick<Leg, 'account' | 'dialog' | 'hop' | 'hiddenCall'>;

/** What has come of a request, and where it was sent. */
type Sent = OwnResult & Pick<ExchangeResult, 'flow'>;

/** Milliseconds that a party may take that has given a sign. */
const patience = 32_000;

/**
 * Sends a request with the next number of the dialog. Each 2xx of an INVITE is acknowledged. Resolves with what has come of
 * it; does not reject.
 */
export async function sendOwn(parts: OwnRequestParts, leg: OwnLeg, request: OwnRequest): Promise<OwnResult> {
  try {
    const { hops, dialog } = await wayTo(parts, leg);
    const found = { ...leg, dialog };
    return await sendAgain(parts, found, request, await sendAlong(parts, hops, found, request));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    parts.log.info({ sipCallId: leg.dialog.callId, fault: error.kind.code }, error.message);
    return { status: error.kind.status, source: '' };
  }
}

/** A trunk that asks for credentials gets them with the next number, as often as it may ask. Rejects with a Fault. */
async function sendAgain(
  parts: OwnRequestParts,
  { account, dialog, ...leg }: OwnLeg,
  request: OwnRequest,
  first: Sent,
): Promise<OwnResult> {
  const { callId, target: uri } = dialog;
  let authorized: Authorized = { headers: [], times: 0 };
  for (let sent = first; ; ) {
    const { flow, response } = sent;
    if (!account || !response || !flow || ![401, 407].includes(sent.status)) return sent;
    const asked = { method: request.method, callId, uri, flow, hop: leg.hop };
    const ask = (): Promise<string> => dialogCredentials(parts, account, asked, response);
    authorized = await authorizedAgain(authorized, uri, response, ask);
    const { headers, times } = authorized;
    const numbered = { ...leg, dialog: { ...dialog, sequence: dialog.sequence + times } };
    const proven = { ...request, headers: [...request.headers, ...headers], credentials: headers };
    sent = await sendAlong(parts, NextHops.known(flow), numbered, proven);
  }
}

/** The ways to a party, and its dialog as a request to it is to be written now. Throws a Fault when nothing leads there. */
export async function wayTo(
  parts: OwnRequestParts,
  { dialog, hiddenCall, hop }: OwnLeg,
): Promise<{ readonly hops: NextHops; readonly dialog: Dialog }> {
  const { callId, target: uri, routes: route } = dialog;
  const way = wayBack(hop, uri);
  const flow = way && hiddenCall !== undefined ? { ...way, hidden: true } : way;
  const known = flow ? { uri, route, flow } : { uri, route };
  const destination = isGruu(uri) ? await whereNow(parts, known, callId) : known;
  const hops = await parts.locator.hops(nextHop(destination), destination.flow, callId);
  return { hops, dialog: { ...dialog, target: destination.uri, routes: [...destination.route] } };
}

/** The request with its Contact; who is not to see where the other party is sees us. */
function forLeg(
  { tokenKey }: OwnRequestParts,
  { hiddenCall }: OwnLeg,
  { listener }: Flow,
  request: OwnRequest,
): OwnRequest {
  const { body, contact, headers } = request;
  if (contact === undefined) return request;
  const masked = hiddenCall && maskContact(tokenKey, hiddenCall, contact, facadeOf(listener));
  const own = ['Contact', `<${masked || contact}>`] as const;
  const shown = body !== undefined && hiddenCall ? { body: conceal(body) } : {};
  return { ...request, headers: [own, ...headers], ...shown };
}

async function sendAlong(
  parts: OwnRequestParts,
  hops: NextHops,
  leg: OwnLeg,
  request: OwnRequest,
): Promise<Sent> {
  const { dialog } = leg;
  const { send } = parts;
  const { status, response, flow, fault } = await exchangeAlong(parts, hops, {
    method: request.method,
    patience,
    write: (over, via) => dialogRequest(dialog, { ...forLeg(parts, leg, over, request), via }).text,
    // RFC 3261 §13.2.2.4: for each repetition, with the number of the INVITE.
    ...(request.method === 'INVITE' && {
      succeeded: (over: Flow) => acknowledge(send, over, dialog, dialog.sequence + 1, request.credentials),
    }),
  });
  if (fault) parts.log.info({ sipCallId: dialog.callId, fault: fault.kind.code }, fault.message);
  return { status, source: flow?.host ?? '', ...(response && { response }), ...(flow && { flow }) };
}

/** The ACK of a 2xx is a transaction of its own. */
export function acknowledge(
  send: EdgeParts['send'],
  flow: Flow,
  dialog: Dialog,
  number: number,
  headers: Authorized['headers'] = [],
): void {
  const via = viaValue(flow, `z9hG4bK${randomText()}`);
  send(dialogRequest({ ...dialog, sequence: number - 1 }, { method: 'ACK', via, headers }).text, flow);
}
