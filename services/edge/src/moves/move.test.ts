import { type CallRecord, createLog, MemoryBus, MemoryCallStore } from '@tandem/platform';
import { raiseVersion } from '@tandem/sdp';
import { parseMessage, respond, SipRequest, SipResponse, TransactionLayer } from '@tandem/sip';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reopened } from '../anchor.ts';
import { type DialogRecord, type Leg, type Said, withRequest, withSaid } from '../call-dialogs.ts';
import { NextHops } from '../next-hops.ts';
import type { ClientUser, EdgeParts, ServerUser } from '../parts.ts';
import { CallRecords } from '../records/call-records.ts';
import { HandOver } from '../records/hand-over.ts';
import { record } from '../records/sample.ts';
import { raised } from '../records/shift.ts';
import { sampleListener } from '../sample.ts';
import type { Flow } from '../socket/flow.ts';
import type { Party } from '../token.ts';
import { OtherEdges } from '../uses/edges.ts';
import { type Members, Workers } from '../uses/workers.ts';
import { MediaMoves } from './media-moves.ts';
import { Move } from './move.ts';
import { changeOwn } from './reservation.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const now = (): number => 10;
const listener = { transport: 'udp', advertised: '192.0.2.1:5060' };

function sdp(port: number, version = 1): string {
  return `v=0\r\no=- 1 ${version} IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;
}

function leg(party: Party, sequence: number): Leg {
  const target = `sip:${party}@192.0.2.9`;
  const dialog = {
    callId: 'c',
    local: '<sip:o@h>;tag=o',
    remote: `<${target}>;tag=${party}`,
    target,
    routes: [],
  };
  const hop = {
    transport: 'udp',
    host: '192.0.2.9',
    port: 5060,
    localPort: 5060,
    edge: '',
    connection: 0,
    nat: true,
  };
  const said = { sdp: sdp(party === 'caller' ? 4000 : 5000), source: '192.0.2.9' };
  return { dialog: { ...dialog, sequence }, hop: { ...hop, transport: 'udp' }, number: sequence, said };
}

interface Sent {
  readonly request: SipRequest;
  readonly flow: Flow;
}

/** An edge as far as it moves calls, with what it has sent, and the sessions that it waits for. */
class Site {
  readonly sent: Sent[] = [];
  readonly closed: string[] = [];
  readonly opening: PromiseWithResolvers<Reopened>[] = [];
  readonly records: CallRecords;
  readonly handOver: HandOver;
  readonly parts: EdgeParts;
  readonly #layer: TransactionLayer<Flow, ServerUser, ClientUser>;

  constructor(node: string, store: MemoryCallStore, bus: MemoryBus, sent: SipRequest[]) {
    const listening = sampleListener((message, flow) => {
      const request = parseMessage(message);
      if (!(request instanceof SipRequest) || request.method === 'ACK') return;
      this.sent.push({ request, flow });
      sent.push(request);
    });
    this.#layer = new TransactionLayer(listening, { node, capacity: 10, now: now() });
    this.records = new CallRecords({ store, node, log, now, gone: () => {}, isAlive: async () => true });
    const members = ['edge-1', 'edge-2'].map((id) => ({ id, tier: 'edge', state: 'serving' }));
    const membership = { members: () => members, onChange: () => () => {} } as unknown as Members;
    const edges = new OtherEdges(bus, 'local', node, log);
    const adopted = (): void => {};
    const common = { store, node, now, edges, records: this.records, membership, adopted };
    this.handOver = new HandOver({ ...common, doubt: () => {} });
    edges.serve({
      gone: () => {},
      end: async () => false,
      take: (from, calls) => this.handOver.take(from, calls),
    });
    const flow = {
      transport: 'udp',
      reliable: false,
      host: '192.0.2.9',
      port: 5060,
      connection: 0,
      listener,
    };
    this.parts = {
      ...{ node, log, now, records: this.records, layer: this.#layer, workers: new Workers(undefined) },
      send: () => {},
      locator: { hops: async () => NextHops.known(flow as Flow) },
      anchors: {
        reopen: () => {
          const opening = Promise.withResolvers<Reopened>();
          this.opening.push(opening);
          return opening.promise;
        },
        rewrite: async (_session: string, _sender: Party, said: Said, versions: number) =>
          raiseVersion(said.sdp, versions).replace('m=audio 5', 'm=audio 9'),
        close: async (session: string) => void this.closed.push(session),
      },
    } as unknown as EdgeParts;
  }

  /** Begins to move the call, and lets it come to where it waits. */
  async move(how: 'away' | 'gently'): Promise<ReturnType<Move['away']>[]> {
    const move = new Move(this.parts, 'a');
    const moving = this.records.custody.keep('a', () => move[how]());
    await settled();
    return [moving];
  }

  async opened(session: string): Promise<void> {
    this.opening.shift()!.resolve({ session, toCaller: sdp(7000), toCallee: sdp(8000) });
    await settled();
  }

  /** Answers the last request, or one of before. */
  async answer(status: number, { request, flow }: Sent = this.sent.at(-1)!): Promise<void> {
    const headers = [['Contact', `<${request.uri}>`]] as const;
    const response = parseMessage(respond(request, status, { toTag: 'b', headers }));
    if (!(response instanceof SipResponse)) throw new Error('no response');
    this.#layer.receive(response, flow, now());
    await settled();
  }

  change(edit: Parameters<typeof changeOwn>[2]): Promise<CallRecord | undefined> {
    return changeOwn(this.parts, 'a', edit);
  }
}

/** Lets what was promised happen. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a call whose media is moved', () => {
  let store: MemoryCallStore;
  let one: Site;
  let other: Site;
  /** What the parties have got, by whichever edge. */
  let got: SipRequest[];

  beforeEach(async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    store = new MemoryCallStore();
    got = [];
    const bus = new MemoryBus({ log, now });
    [one, other] = ['edge-1', 'edge-2'].map((node) => new Site(node, store, bus, got)) as [Site, Site];
    const dialog = { caller: leg('caller', 0), callee: leg('callee', 3) };
    await store.put(record('a', { node: 'edge-1', state: 'answered', dialog }), 1_000, now());
    one.records.adopt([(await store.get('a', now()))!]);
  });
  afterEach(() => void vi.restoreAllMocks());

  /** What a party has got: the numbers, and the versions of the sessions. */
  const toldTo = (party: Party): { numbers: number[]; versions: number[] } => {
    const those = got.filter(({ uri }) => uri.startsWith(`sip:${party}@`));
    const versions = those.map(({ body }) => Number(/^o=\S+ \S+ (\d+)/m.exec(body)?.[1]));
    return { numbers: those.map(({ cseq }) => cseq.number), versions };
  };

  /** As another edge does that takes this one to be dead. */
  const adopt = async (): Promise<void> =>
    other.records.adopt(await store.adopt('edge-1', 'edge-2', 10, now()));

  it('is not given away amid that, and is afterwards', async () => {
    const [moving] = await one.move('gently');
    await one.opened('media-2.1');
    await one.handOver.giveAll();
    expect([...one.records.own.keys()]).toEqual(['a']);
    await one.answer(200);
    await one.handOver.giveAll();
    expect(await store.get('a', now())).toMatchObject({ node: 'edge-1' });
    await one.answer(200);
    expect(await moving).toBe('moved');
    await one.records.settled();
    await one.handOver.giveAll();
    expect([...one.records.own.keys()]).toEqual([]);
    expect(await store.get('a', now())).toMatchObject({ node: 'edge-2', mediaSession: 'media-2.1' });
    expect([toldTo('caller'), toldTo('callee')]).toEqual([
      { numbers: [1], versions: [2] },
      { numbers: [4], versions: [2] },
    ]);
  });

  it('is not moved while it is given away, and not by the edge that had it afterwards', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: may, resolve: go } = Promise.withResolvers<void>();
    const take = other.handOver.take.bind(other.handOver);
    vi.spyOn(other.handOver, 'take').mockImplementation(async (...given) => {
      ask();
      await may;
      return take(...given);
    });
    const given = one.handOver.giveAll();
    await asked;
    const [moving] = await one.move('gently');
    go();
    await given;
    expect(await moving).toBe('over');
    expect(got).toEqual([]);
    expect(await store.get('a', now())).toMatchObject({ node: 'edge-2' });
  });

  it.each(['away', 'gently'] as const)(
    'has each number once, and in order, when another edge takes it over and moves it %s meanwhile',
    async (how) => {
      const [moving] = await one.move('gently');
      await one.opened('media-2.1');
      await adopt();
      const [again] = await other.move(how);
      // It goes on as if it had been asleep.
      await one.answer(200);
      expect(await moving).toBe('over');
      expect(one.sent.length).toBe(1);
      await other.opened('media-2.2');
      for (const sent of [...other.sent]) await other.answer(200, sent);
      if (how === 'gently') await other.answer(200);
      expect(await again).toBe('moved');
      expect([toldTo('caller'), toldTo('callee')]).toEqual([
        { numbers: [1, 2], versions: [2, 3] },
        { numbers: [4], versions: [2] },
      ]);
      expect(await store.get('a', now())).toMatchObject({ node: 'edge-2', mediaSession: 'media-2.2' });
      // Each edge closes what the call has left, and none what it has gone on to.
      expect(one.closed).toEqual(['media-1.7']);
      expect(other.closed).toEqual(['media-2.1']);
    },
  );

  it('has its numbers when it is known where it goes: what passes before has the lower ones', async () => {
    const [moving] = await one.move('away');
    const passing = { number: 4, spare: 0, target: undefined };
    await one.change((latest) => ({ ...latest, dialog: withRequest(latest.dialog, 'caller', passing) }));
    await one.opened('media-2.1');
    for (const sent of [...one.sent]) await one.answer(200, sent);
    expect(await moving).toBe('moved');
    expect(toldTo('callee').numbers).toEqual([5]);
  });

  it('goes on when another edge takes it over while a party has asked to wait', async () => {
    const [moving] = await one.move('away');
    await one.opened('media-2.1');
    const [toCaller, toCallee] = one.sent as [Sent, Sent];
    await one.answer(200, toCallee);
    await adopt();
    await one.answer(491, toCaller);
    expect(await moving).toBe('over');
    expect(await store.get('a', now())).toMatchObject({ node: 'edge-2', state: 'answered' });
    expect(toldTo('caller').numbers).toEqual([1]);
  });

  it('is not lost when another edge has taken it over and this one reaches a party no more', async () => {
    const [moving] = await one.move('away');
    await one.opened('media-2.1');
    const [toCaller, toCallee] = one.sent as [Sent, Sent];
    await one.answer(200, toCaller);
    await adopt();
    await one.answer(408, toCallee);
    expect(await moving).toBe('over');
  });

  it('has a number beyond those that have passed unseen when a party refuses one as old', async () => {
    const [moving] = await one.move('away');
    await one.opened('media-2.1');
    const [toCaller, toCallee] = one.sent as [Sent, Sent];
    await one.answer(200, toCaller);
    await one.answer(500, toCallee);
    expect(toldTo('callee')).toEqual({ numbers: [4, 105], versions: [2, 2] });
    await one.answer(200);
    expect(await moving).toBe('moved');
    // What the caller sends next is above that.
    const { dialog } = (await one.change((latest) => latest)) as DialogRecord;
    expect(raised(dialog.callee.shifts, 4)).toBe(106);
  });

  it('is refused by a party that says 500 to all', async () => {
    const [moving] = await one.move('away');
    await one.opened('media-2.1');
    const [toCaller, toCallee] = one.sent as [Sent, Sent];
    await one.answer(200, toCaller);
    await one.answer(500, toCallee);
    await one.answer(500);
    expect(await moving).toBe('refused');
  });

  it('is told of with what a party has said meanwhile', async () => {
    const [moving] = await one.move('away');
    await one.opened('media-2.1');
    const [toCaller, toCallee] = one.sent as [Sent, Sent];
    await one.answer(200, toCallee);
    const said = { sdp: sdp(5555, 2), source: '192.0.2.9' };
    await one.change((latest) => ({ ...latest, dialog: withSaid(latest.dialog, 'callee', said) }));
    await one.answer(491, toCaller);
    await vi.waitFor(() => expect(toldTo('caller').numbers).toEqual([1, 2]));
    expect(got.at(-1)!.body).toContain('m=audio 9555 ');
    expect(toldTo('caller').versions).toEqual([2, 3]);
    await one.answer(200);
    expect(await moving).toBe('moved');
  });

  it('stays where it was answered until the callee knows where the media has gone while it rang', async () => {
    const moves = new MediaMoves(one.parts, undefined);
    moves.answered('a', sdp(8000));
    await one.records.settled();
    await one.handOver.giveAll();
    // Whoever takes it over when this edge dies moves it.
    expect(await store.get('a', now())).toMatchObject({ node: 'edge-1', dialog: { movingUntil: 60_010 } });
    moves.acknowledged('a');
    await vi.waitFor(() => expect(toldTo('callee')).toEqual({ numbers: [4], versions: [2] }));
    await one.answer(200);
    await one.records.settled();
    await one.handOver.giveAll();
    const given = await store.get('a', now());
    expect(given).toMatchObject({ node: 'edge-2' });
    expect(given?.dialog).not.toHaveProperty('movingUntil');
  });
});
