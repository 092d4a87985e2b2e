import { createLog } from '@tandem/platform';
import { parseMessage, respond, SipRequest, SipResponse, TransactionLayer } from '@tandem/sip';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DestinationGroup } from './destination.ts';
import { NextHops, type Ways } from './next-hops.ts';
import type { ClientUser, EdgeParts, ServerTx, ServerUser } from './parts.ts';
import { ProxiedRequest } from './proxied-request.ts';
import { noDismissal, type ProxyOwner } from './proxy-owner.ts';
import { sampleListener } from './sample.ts';
import type { Flow } from './socket/flow.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const minutes = 60_000;

const owner: ProxyOwner = {
  body: undefined,
  headers: [],
  responseHeaders: () => [],
  tried: () => {},
  recordRoute: () => [],
  responseBody: async () => undefined,
  late: noDismissal,
  forwarded: () => {},
  finished: () => {},
};

function flowTo(host: string, transport: 'udp' | 'tcp' = 'udp'): Flow {
  const listener = { transport, advertised: '192.0.2.1:5060' };
  return { transport, reliable: transport === 'tcp', host, port: 5060, connection: 0, listener } as Flow;
}

const [caller, phone, stream] = [flowTo('192.0.2.4'), flowTo('192.0.2.5'), flowTo('192.0.2.5', 'tcp')];

/** What opens flows to one place, where TCP is refused or not. */
const ways: Ways = {
  open: ({ transport }) => (transport === 'tcp' ? stream : phone),
  trying: () => {},
  failed: () => {},
  answered: () => {},
  isAvoided: () => false,
};
const place = { transport: 'udp', address: '192.0.2.5', port: 5060, name: '192.0.2.5' } as const;

const head = [
  'INVITE sip:1002@acme.example SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKcaller',
  'Max-Forwards: 70',
  'From: <sip:1001@acme.example>;tag=a',
  'To: <sip:1002@acme.example>',
  'Call-ID: c1',
  'CSeq: 1 INVITE',
];

/** An INVITE with a body of so many octets. */
function inviteOf(octets: number): string {
  return [...head, `Content-Length: ${octets}`, '', 'x'.repeat(octets)].join('\r\n');
}

/** What was read of a text, of the kind that it is known to be of. */
function read<T>(kind: abstract new (...args: never[]) => T, message: string): T {
  const parsed = parseMessage(message);
  if (!(parsed instanceof kind)) throw new Error(message);
  return parsed;
}

describe('an INVITE that is relayed', () => {
  let now: number;
  let layer: TransactionLayer<Flow, ServerUser, ClientUser>;
  /** Methods and statuses that went to each side. */
  let sent: Record<'caller' | 'phone', string[]>;
  let invite: SipRequest;
  /** How often it was written. */
  let written: number;
  /** Tags of those who answered too late. */
  let dismissed: unknown[];

  beforeEach(() => {
    now = 0;
    sent = { caller: [], phone: [] };
    written = 0;
    dismissed = [];
  });

  /** Begins with an INVITE to one phone. */
  async function begin(
    group: Pick<DestinationGroup, 'ringTimeout'> = {},
    octets = 0,
    hops: NextHops = NextHops.known(phone),
  ): Promise<void> {
    const begun: ServerTx[] = [];
    const send = (message: string, flow: Flow): void => {
      const [method = '', status = ''] = message.split(' ', 2);
      sent[flow === caller ? 'caller' : 'phone'].push(method === 'SIP/2.0' ? status : method);
      if (method === 'INVITE') invite = read(SipRequest, message);
    };
    const listener = sampleListener(send, (tx) => void begun.push(tx));
    layer = new TransactionLayer<Flow, ServerUser, ClientUser>(listener, { node: 'e1', capacity: 10, now });
    layer.receive(read(SipRequest, inviteOf(octets)), caller, now);
    const parts = {
      layer,
      log,
      now: () => now,
      send,
      branchSecret: 's',
      locator: { hops: async () => hops },
    };
    const destinations = [{ uri: 'sip:1002@192.0.2.5', route: [] }];
    const groups = [{ destinations, ...group }];
    const recordRoute = (): [] => {
      written++;
      return [];
    };
    const late = { dismiss: ({ to }: SipResponse) => void dismissed.push(to.params.get('tag')) };
    const counting = { ...owner, late, recordRoute };
    new ProxiedRequest(parts as unknown as EdgeParts, begun[0]!, groups, counting).start();
    await settled();
  }

  /** Lets what was promised happen. */
  async function settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async function says(status: number, toTag: string = 'b'): Promise<void> {
    layer.receive(read(SipResponse, respond(invite, status, { toTag })), phone, now);
    await settled();
  }

  async function pass(ms: number): Promise<void> {
    now += ms;
    layer.advance(now);
    await settled();
  }

  it('is cancelled by timer C when its phone rings and says no more (RFC 3261 §16.8)', async () => {
    await begin();
    await says(180);
    await pass(3 * minutes);
    expect(sent.phone).not.toContain('CANCEL');
    await pass(2_000);
    expect(sent.phone).toContain('CANCEL');
    await says(487);
    expect(sent.caller).toEqual(['180', '408']);
  });

  it('goes on for as long as its phone says that it rings (RFC 3261 §16.7 step 2)', async () => {
    await begin();
    for (let times = 0; times < 5; times++) {
      await says(180);
      await pass(3 * minutes);
    }
    expect(sent.phone).not.toContain('CANCEL');
    await says(200);
    await pass(4 * minutes);
    expect(sent.phone).not.toContain('CANCEL');
    expect(sent.caller.at(-1)).toBe('200');
  });

  it('rings no longer than it may, whatever its phone says', async () => {
    await begin({ ringTimeout: 60 });
    for (let times = 0; times < 2; times++) {
      await says(180);
      await pass(31_000);
    }
    expect(sent.phone).toContain('CANCEL');
  });

  it('to which nothing is said ends with 408 (RFC 3261 §16.9)', async () => {
    await begin();
    await pass(33_000);
    expect(sent.caller.at(-1)).toBe('408');
  });

  it.each([
    ['once where a datagram holds it', 900, 'UDP', 1],
    ['for TCP where a datagram does not', 1_100, 'TCP', 2],
  ] as const)('is written %s', async (_name, octets, over, times) => {
    await begin({}, octets, NextHops.of('sip:1002@192.0.2.5', [place], ways));
    expect(invite.via.transport).toBe(over);
    expect([written, layer.tallies['invite-client'].active]).toEqual([times, 1]);
    await says(486);
    expect(sent).toEqual({ caller: ['486'], phone: ['INVITE', 'ACK'] });
  });

  it('has each repeated 2xx of its phone for 64*T1, and no other one (RFC 6026 §7.1)', async () => {
    await begin();
    await says(200);
    await says(200);
    await pass(31_000);
    await says(180);
    await says(200);
    await says(200, 'another');
    expect([sent.caller, dismissed]).toEqual([['200', '200', '200'], ['another']]);
    await pass(2_000);
    await says(200, 'stray');
    expect([sent.caller.length, dismissed.length]).toEqual([3, 1]);
  });

  it('has the answer that crosses its CANCEL', async () => {
    await begin({ ringTimeout: 10 });
    await says(180);
    await pass(11_000);
    expect(sent.phone).toContain('CANCEL');
    await says(200);
    expect(sent.caller.at(-1)).toBe('200');
  });
});
