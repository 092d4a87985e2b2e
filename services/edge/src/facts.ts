import { randomUUID } from 'node:crypto';
import type { router } from '@tandem/contract';
import { bareHost, type HeaderName, headerId, type SipRequest } from '@tandem/sip';
import type { Flow } from './socket/flow.ts';

/** What this edge adds to every request that it asks a router about. */
export interface EdgeFacts {
  /** This edge's node id. */
  readonly node: string;
  readonly ownHosts: readonly string[];
}

/** The facts of a request, for a router. Throws a Fault when a header that it needs is malformed. */
export function requestFacts(
  request: SipRequest,
  flow: Flow,
  vouched: router.Identity | undefined,
  edge: EdgeFacts,
): router.Request {
  const credentials = request.method === 'REGISTER' ? 'Authorization' : 'Proxy-Authorization';
  const expires = request.value('Expires');
  const event = request.value('Event')?.split(';', 1)[0]?.trim().toLowerCase();
  const [sessionExpires, minSe] = [
    seconds(request.value('Session-Expires')),
    seconds(request.value('Min-SE')),
  ];
  return {
    id: 0,
    method: request.method,
    requestUri: request.uri,
    from: request.value('From') ?? '',
    to: request.value('To') ?? '',
    callId: request.callId,
    cseq: request.cseq.number,
    flow: describeFlow(flow, edge.node),
    authorization: request.values(credentials),
    contacts: request.method === 'REGISTER' ? request.elements('Contact') : [],
    ...(expires === undefined ? {} : { expires: Number(expires) }),
    path: request.elements('Path'),
    ...(vouched === undefined ? {} : { vouched }),
    ownHosts: [...edge.ownHosts],
    userAgent: request.value('User-Agent') ?? '',
    supported: request.elements('Supported').map((tag) => tag.toLowerCase()),
    key: randomUUID(),
    repeated: false,
    traceparent: '',
    ...way(request, flow),
    provenNames: [...(flow.proven ?? [])],
    inDialog: false,
    ...(event === undefined ? {} : { event }),
    ...(sessionExpires === undefined ? {} : { sessionExpires }),
    ...(minSe === undefined ? {} : { minSe }),
    headers: request.method === 'REGISTER' ? [] : policyHeaders(request),
  };
}

/** A number of seconds before its parameters; undefined when that is what it is not. */
function seconds(value: string | undefined): number | undefined {
  const [text = ''] = value?.split(';', 1) ?? [];
  return /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}

/** Headers by which no policy goes, or that are facts of their own: that leaves nothing of most requests. */
const plain: ReadonlySet<number> = new Set(
  (
    [
      'Accept',
      'Allow',
      'Allow-Events',
      'Authorization',
      'CSeq',
      'Call-ID',
      'Contact',
      'Content-Encoding',
      'Content-Length',
      'Content-Type',
      'Date',
      'Expires',
      'From',
      'Max-Forwards',
      'Min-SE',
      'Path',
      'Proxy-Authorization',
      'Proxy-Require',
      'RAck',
      'Record-Route',
      'Require',
      'Route',
      'Session-Expires',
      'Supported',
      'Timestamp',
      'To',
      'User-Agent',
      'Via',
    ] satisfies HeaderName[]
  ).map(headerId),
);
/** Headers and characters of a value that are told to a router. */
const told = { headers: 32, characters: 1_024 };

function policyHeaders(request: SipRequest): router.HeaderField[] {
  const fields = request.fieldsExcept(plain, told.headers);
  return fields.map(({ name, value }) => ({ name, value: value.slice(0, told.characters) }));
}

/** A flow as other tiers see it. */
function describeFlow(flow: Flow, edge: string): router.Flow {
  return {
    transport: flow.transport,
    host: flow.host,
    port: flow.port,
    edge,
    localPort: flow.listener.port,
    ...(flow.listener.floating && { localHost: flow.listener.host }),
    connection: flow.connection,
  };
}

/** What stands between a phone that registers and this edge. */
function way(
  request: SipRequest,
  { host, port, transport }: Flow,
): Pick<router.Request, 'hops' | 'translated'> {
  if (request.method !== 'REGISTER') return { hops: 0, translated: false };
  const { via } = request;
  const isSame = bareHost(via.host) === host && (via.port ?? 5060) === port;
  return { hops: request.elements('Via').length, translated: transport === 'udp' && !isSame };
}
