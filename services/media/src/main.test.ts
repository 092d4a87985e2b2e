import { Writable } from 'node:stream';
import { media } from '@tandem/contract';
import { type DatagramSocket, openDatagram, parseAddress } from '@tandem/datagram';
import { createLog, MemoryBus, Metrics } from '@tandem/platform';
import { afterEach, describe, expect, it } from 'vitest';
import { type MediaSettings, type RunningMedia, startMedia } from './main.ts';
import { rtpPacket } from './virtual-worker.ts';

// A host of this run alone: its ports are nobody else’s.
const ownHost = `127.77.${(process.pid >> 8) & 255}.${process.pid & 255}`;
const log = createLog({
  level: 'silent',
  node: 'worker-1',
  destination: new Writable({ write: (_chunk, _encoding, done) => done() }),
});
const undo: (() => Promise<unknown>)[] = [];

afterEach(() => Promise.all(undo.splice(0).map((step) => step())));

const settings = (from: number, to: number, rtpPool = 2): MediaSettings => ({
  region: 'local',
  nodeId: 'worker-1',
  rtpListen: { host: ownHost, from, to },
  rtpAdvertise: undefined,
  rtpPool,
  rtpSlices: undefined,
});

/** What the last worker reports. */
let metrics: Metrics;

async function start(own: MediaSettings): Promise<{ worker: RunningMedia; bus: MemoryBus }> {
  const bus = new MemoryBus({ log, now: () => performance.now() });
  metrics = new Metrics({ region: 'local', node: 'worker-1', log });
  const worker = await startMedia(own, { bus, log, metrics });
  undo.push(() => worker.stop());
  return { worker, bus };
}

/** A party of a call, at a port of the system's choice. */
async function party(): Promise<{ socket: DatagramSocket; heard: () => Promise<Buffer> }> {
  const waiting: ((bytes: Buffer) => void)[] = [];
  const reader: Parameters<typeof openDatagram>[0]['reader'] = ({ slab, offsets, lengths }) => {
    waiting.shift()?.(Buffer.from(slab.subarray(offsets[0]!, offsets[0]! + lengths[0]!)));
  };
  const socket = await openDatagram({ host: ownHost, port: 0, reader });
  undo.push(() => socket.close());
  return { socket, heard: () => new Promise((resolve) => waiting.push(resolve)) };
}

async function command(
  bus: MemoryBus,
  subject: string,
  sent: media.Command['command'],
): Promise<media.Reply['reply']> {
  const payload = media.Command.encode({ command: sent, traceparent: '' }).finish();
  const reply = await bus.request(`tandem.local.media.${subject}`, payload, { timeoutMs: 5000 });
  return media.Reply.decode(reply).reply;
}

async function sessionOf(
  bus: MemoryBus,
  subject: string,
  sent: media.Command['command'],
): Promise<media.Session> {
  const reply = await command(bus, subject, sent);
  if (reply?.$case !== 'session') throw new Error(JSON.stringify(reply));
  return reply.value;
}

describe('a media worker', () => {
  it('relays a call between two parties, from Open to Close', async () => {
    const { worker, bus } = await start(settings(31_000, 31_099));
    const [caller, callee] = [await party(), await party()];
    const opened = await sessionOf(bus, 'allocate', {
      $case: 'open',
      value: {
        call: 'call-1',
        streams: 1,
        callerSources: [ownHost],
        calleeSources: [],
        inactivity: 20,
        owner: 'edge-1',
      },
    });
    const describe = (side: media.Side, { port }: DatagramSocket): Promise<media.Session> =>
      sessionOf(bus, 'worker-1', {
        $case: 'describe',
        value: {
          session: opened.session,
          side,
          streams: [{ host: ownHost, port, rtcpPort: 0, silent: false }],
          signallingSource: ownHost,
        },
      });
    await describe(media.Side.SIDE_CALLER, caller.socket);
    const { toCaller, toCallee } = await describe(media.Side.SIDE_CALLEE, callee.socket);

    const atCallee = callee.heard();
    caller.socket.send(rtpPacket({ sequence: 1 }), parseAddress(ownHost)!, toCaller[0]!.port);
    expect((await atCallee).equals(rtpPacket({ sequence: 1 }))).toBe(true);
    const atCaller = caller.heard();
    callee.socket.send(rtpPacket({ sequence: 500 }), parseAddress(ownHost)!, toCallee[0]!.port);
    expect((await atCaller).equals(rtpPacket({ sequence: 500 }))).toBe(true);

    expect(worker.snapshot()).toMatchObject({ sessions: 1, legs: 2, packets: 2, unsent: 0 });
    expect((await metrics.scrape()).split('\n')).toEqual(
      expect.arrayContaining([
        'tandem_media_sessions 1',
        'tandem_media_port_pairs{state="used"} 2',
        'tandem_media_port_pairs{state="free"} 1',
        'tandem_media_packets_total{fate="rtp"} 2',
        'tandem_media_packets_total{fate="unsent"} 0',
        'tandem_media_octets_total 344',
        'tandem_media_lost_packets 0',
        'tandem_media_failures_total{reason="exhausted"} 0',
      ]),
    );
    const closed = await command(bus, 'worker-1', { $case: 'close', value: { session: opened.session } });
    expect(closed).toMatchObject({
      $case: 'statistics',
      value: { fromCaller: { packets: 1 }, fromCallee: { packets: 1 } },
    });
    expect(worker.snapshot()).toMatchObject({ sessions: 0, quarantined: 2 });
  });

  it('is drained when its last session is closed', async () => {
    const { worker, bus } = await start(settings(31_400, 31_499));
    const value = {
      call: 'call-1',
      streams: 1,
      callerSources: [],
      calleeSources: [],
      inactivity: 0,
      owner: 'edge-1',
    };
    const { session } = await sessionOf(bus, 'allocate', { $case: 'open', value });
    expect(worker.load).toBe(1);
    let isDrained = false;
    const drained = worker.drain().then(() => {
      isDrained = true;
    });
    expect(isDrained).toBe(false);
    await command(bus, 'worker-1', { $case: 'close', value: { session } });
    await drained;
    expect(worker.load).toBe(0);
  });

  it('leaves ports to whoever has them', async () => {
    const taken = await openDatagram({ host: ownHost, port: 31_103, reader: () => {} });
    undo.push(() => taken.close());
    const { worker } = await start(settings(31_100, 31_199));
    expect(worker.snapshot().pairsOpen).toBe(2);
  });

  it('names range and count when it cannot start', async () => {
    const taken = await openDatagram({ host: ownHost, port: 31_200, reader: () => {} });
    undo.push(() => taken.close());
    await expect(start(settings(31_200, 31_203))).rejects.toThrow(
      `media-ports-taken: ${ownHost}:31200-31203: 1 of 2 port pairs could be opened`,
    );
  });

  it('says why when the address is not of this machine', async () => {
    const elsewhere = {
      ...settings(31_200, 31_299),
      rtpListen: { host: '192.0.2.1', from: 31_200, to: 31_299 },
    };
    await expect(start(elsewhere)).rejects.toThrow(
      /media-ports-taken: 192\.0\.2\.1:31200-31299: .*EADDRNOTAVAIL/,
    );
  });

  it('frees its ports when it stops', async () => {
    const { worker } = await start(settings(31_300, 31_303));
    await worker.stop();
    const again = await start(settings(31_300, 31_303));
    expect(again.worker.snapshot().pairsOpen).toBe(2);
  });
});
