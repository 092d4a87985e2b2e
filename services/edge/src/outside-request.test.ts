import type { edge } from '@tandem/contract';
import { createLog } from '@tandem/platform';
import { Fault, parseMessage, respond, SipRequest, SipResponse, TransactionLayer } from '@tandem/sip';
import { beforeEach, describe, expect, it } from 'vitest';
import { targetUnreachable } from './faults.ts';
import { NextHops, type Ways } from './next-hops.ts';
import { sendOutside } from './outside-request.ts';
import type { ClientUser, ServerUser } from './parts.ts';
import { sampleListener } from './sample.ts';
import type { Flow } from './socket/flow.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const listener = { transport: 'udp', advertised: '192.0.2.1:5060' };

const ask: edge.Ask = {
  method: 'REGISTER',
  uri: 'sip:carrier.example',
  route: ['<sip:proxy.example;lr>'],
  from: '<sip:acct@carrier.example>;tag=1',
  to: '<sip:acct@carrier.example>',
  callId: 'c1',
  cseq: 7,
  headers: [{ name: 'Authorization', value: 'Digest username="acct"' }],
  contact: { user: 'line-1', uriParameters: ';line=abc', parameters: ';expires=600' },
  patienceMs: 0,
};

function flowTo(host: string): Flow {
  return { transport: 'udp', reliable: false, host, port: 5060, connection: 0, listener } as Flow;
}

describe('a request in the name of a trunk', () => {
  let now: number;
  let layer: TransactionLayer<Flow, ServerUser, ClientUser>;
  /** What was sent, and where. */
  let sent: { readonly request: SipRequest; readonly flow: Flow }[];
  /** The URIs that were looked for. */
  let looked: string[];

  beforeEach(() => {
    now = 0;
    sent = [];
    looked = [];
    const listening = sampleListener((message, flow) => void sent.push({ request: read(message), flow }));
    layer = new TransactionLayer<Flow, ServerUser, ClientUser>(listening, { node: 'e1', capacity: 10, now });
  });

  function read(message: string): SipRequest {
    const parsed = parseMessage(message);
    if (parsed instanceof SipRequest) return parsed;
    throw new Error(message);
  }

  /** Sends it towards these hosts, or finds none. */
  async function begin(changes: Partial<edge.Ask> = {}, hosts: readonly string[] = ['192.0.2.7']) {
    const flows = hosts.map(flowTo);
    const ways: Ways = {
      open: ({ address }) => flows.find(({ host }) => host === address),
      trying: () => {},
      failed: () => {},
      answered: () => {},
      isAvoided: () => false,
    };
    const hops = async (uri: string): Promise<NextHops> => {
      looked.push(uri);
      if (hosts.length === 0) throw new Fault(targetUnreachable, `${uri}: the name does not resolve`);
      const places = hosts.map(
        (address) => ({ transport: 'udp', address, port: 5060, name: address }) as const,
      );
      return NextHops.of(uri, places, ways);
    };
    const parts = { layer, log, now: () => now, locator: { hops } } as unknown as Parameters<
      typeof sendOutside
    >[0];
    const answer = sendOutside(parts, { ...ask, ...changes });
    await settled();
    return answer;
  }

  /** Lets what was promised happen. */
  async function settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async function answered(
    status: number,
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<void> {
    const { request, flow } = sent.at(-1)!;
    const text = respond(request, status, { toTag: 'b', headers });
    const response = parseMessage(text.replace(';rport', ';rport=40000;received=198.51.100.9'));
    if (!(response instanceof SipResponse)) throw new Error(text);
    layer.receive(response, flow, now);
    await settled();
  }

  it('has all that its asker says, and our address in its Contact', async () => {
    const answer = begin();
    await settled();
    await answered(200);
    const [{ request, flow }] = sent as [(typeof sent)[0]];
    expect(looked).toEqual(['sip:proxy.example;lr']);
    expect(flow.host).toBe('192.0.2.7');
    expect(request.uri).toBe('sip:carrier.example');
    expect(request.values('Route')).toEqual(ask.route);
    expect(request.cseq).toEqual({ method: 'REGISTER', number: 7 });
    expect(request.value('Authorization')).toBe(ask.headers[0]!.value);
    expect(request.value('Contact')).toBe('<sip:line-1@192.0.2.1:5060;line=abc>;expires=600');
    expect(await answer).toMatchObject({ status: 200, contact: 'sip:line-1@192.0.2.1:5060;line=abc' });
  });

  it('has no Contact where none is asked for', async () => {
    const answer = begin({ method: 'OPTIONS', contact: undefined });
    await settled();
    await answered(200);
    expect(sent[0]!.request.has('Contact')).toBe(false);
    expect(await answer).toMatchObject({ status: 200, contact: '' });
  });

  it('is answered with what its asker goes by, and no more', async () => {
    const answer = begin();
    await settled();
    await answered(401, [
      ['WWW-Authenticate', 'Digest realm="one", nonce="1"'],
      ['WWW-Authenticate', 'Digest realm="two", nonce="2"'],
      ['Retry-After', '30'],
      ['X-Internal', 'nobody asks'],
    ]);
    expect(await answer).toEqual({
      ...{ status: 401, reason: 'Unauthorized', fault: '', detail: '', description: '' },
      headers: [
        { name: 'WWW-Authenticate', value: 'Digest realm="one", nonce="1"' },
        { name: 'WWW-Authenticate', value: 'Digest realm="two", nonce="2"' },
        { name: 'Retry-After', value: '30' },
      ],
      seen: '198.51.100.9:40000',
      peer: 'udp 192.0.2.7:5060',
      contact: 'sip:line-1@192.0.2.1:5060;line=abc',
    });
  });

  it('has at most 16 values of each header in its answer', async () => {
    const answer = begin();
    await settled();
    const many = Array.from({ length: 40 }, (_, index) => ['Warning', `399 h "${index}"`] as const);
    await answered(500, many);
    expect((await answer).headers.map(({ value }) => value)).toEqual(
      many.slice(0, 16).map(([, value]) => value),
    );
  });

  it('goes to the next place when the first answers 503', async () => {
    const answer = begin({}, ['192.0.2.7', '192.0.2.8']);
    await settled();
    await answered(503);
    expect(sent.map(({ flow }) => flow.host)).toEqual(['192.0.2.7', '192.0.2.8']);
    await answered(200);
    expect(await answer).toMatchObject({ status: 200, peer: 'udp 192.0.2.8:5060' });
  });

  it('names the fault when the name leads nowhere', async () => {
    expect(await begin({}, [])).toMatchObject({
      ...{ status: targetUnreachable.status, reason: '', contact: '', peer: '' },
      fault: 'target-unreachable',
      detail: 'sip:proxy.example;lr: the name does not resolve',
    });
    expect(sent).toEqual([]);
  });

  it.each(['INVITE', 'MESSAGE', 'BYE', 'register'])('is never a %s', async (method) => {
    expect(await begin({ method })).toMatchObject({ fault: 'outside-request-refused', detail: method });
    expect([sent, looked]).toEqual([[], []]);
  });
});
