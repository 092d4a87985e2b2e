import type { edge } from '@tandem/contract';
import { composeRequest, excerpt, Fault, nextHop, type SipResponse } from '@tandem/sip';
import { sdpOf } from './body.ts';
import { type ExchangeResult, exchangeAlong } from './client-exchange.ts';
import { outsideRequestRefused } from './faults.ts';

import type { EdgeParts } from './parts.ts';
import { facadeOf } from './record-route.ts';
import { type Flow, hostPort } from './socket/flow.ts';

type OutsideRequestParts = Pick<EdgeParts, 'layer' | 'locator' | 'log' | 'now'>;

/** What an edge sends for others: nothing that begins a call. */
const methods: readonly string[] = ['REGISTER', 'OPTIONS'];
/** Milliseconds that a request may take in all. */
const longest = 32_000;
/** What its asker goes by. */
const told = [
  'WWW-Authenticate',
  'Proxy-Authenticate',
  'Contact',
  'Expires',
  'Min-Expires',
  'Retry-After',
  'Warning',
  'Reason',
  'Allow',
  'Accept',
  'Server',
] as const;
/** Values of one header that are passed on. */
const maxValues = 16;
/** Characters of a description that is. */
const maxDescription = 8_192;

/** Sends a request in the name of a trunk, from an address at which the trunk reaches any edge. Does not reject with a Fault. */
export async function sendOutside(parts: OutsideRequestParts, ask: edge.Ask): Promise<edge.Answer> {
  try {
    if (!methods.includes(ask.method)) throw new Fault(outsideRequestRefused, excerpt(ask.method));
    return await send(parts, ask);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    parts.log.info({ sipCallId: ask.callId, fault: error.kind.code }, error.message);
    const { code, status } = error.kind;
    return { ...nothing, status, fault: code, detail: error.detail };
  }
}

const nothing: edge.Answer = {
  ...{ status: 0, reason: '', headers: [], seen: '', contact: '', peer: '', fault: '', detail: '' },
  description: '',
};

async function send(parts: OutsideRequestParts, ask: edge.Ask): Promise<edge.Answer> {
  const { method, uri, route, callId, patienceMs } = ask;
  const hops = await parts.locator.hops(nextHop({ uri, route }), undefined, callId);
  const patience = Math.min(patienceMs || longest, longest);
  let contact = '';
  const result = await exchangeAlong(parts, hops, {
    ...{ method, patience, silence: patience },
    write: (flow, via) => {
      contact = contactOf(ask, flow);
      return write(ask, via, contact);
    },
  });
  return { ...answerOf(result), contact };
}

function contactOf({ contact }: edge.Ask, { listener }: Flow): string {
  return contact ? `sip:${contact.user}@${facadeOf(listener)}${contact.uriParameters}` : '';
}

function write(ask: edge.Ask, via: string, contact: string): string {
  const { method, uri, route, from, to, callId, cseq, headers } = ask;
  return composeRequest({
    method,
    uri,
    headers: [
      ['Via', via],
      ['Max-Forwards', '70'],
      ...route.map((value) => ['Route', value] as const),
      ['From', from],
      ['To', to],
      ['Call-ID', callId],
      ['CSeq', `${cseq} ${method}`],
      ...(contact === '' ? [] : [['Contact', `<${contact}>${ask.contact!.parameters}`] as const]),
      ...headers.map(({ name, value }) => [name, value] as const),
    ],
  });
}

function answerOf({ status, response, flow, fault }: ExchangeResult): edge.Answer {
  return {
    ...nothing,
    status,
    peer: flow ? `${flow.transport} ${hostPort(flow.host, flow.port)}` : '',
    fault: response ? '' : (fault?.kind.code ?? ''),
    detail: response ? '' : (fault?.detail ?? ''),
    ...(response && {
      ...{ reason: response.reason, headers: headersOf(response), seen: seenIn(response) },
      description: descriptionIn(response),
    }),
  };
}

function headersOf(response: SipResponse): edge.HeaderField[] {
  return told.flatMap((name) =>
    response
      .values(name)
      .slice(0, maxValues)
      .map((value) => ({ name, value })),
  );
}

function descriptionIn(response: SipResponse): string {
  const description = sdpOf(response) ?? '';
  return description.length > maxDescription ? '' : description;
}

/** Where the peer saw the request come from (RFC 3261 §18.2.1, RFC 3581 §4). */
function seenIn({ via }: SipResponse): string {
  const host = via.params.get('received') ?? via.host;
  const port = Number(via.params.get('rport') || via.port || 5060);
  return hostPort(host, port);
}
