import { media } from '@tandem/contract';
import { type Batch, formatAddress, parseAddress } from '@tandem/datagram';
import { type RtpHeader, rtpHeaderSize, writeHeader } from '@tandem/rtp';
import { Counters } from './counters.ts';
import { Placement } from './placement.ts';
import { type Outlet, PortPair } from './port-pair.ts';
import { Relay } from './relay.ts';
import { RelayEngine } from './relay-engine.ts';

/** A packet that the worker has sent on. */
export interface Sent {
  /** Our port. */
  readonly from: number;
  /** `address:port`. */
  readonly to: string;
  readonly bytes: Buffer;
}

/** The ports of a virtual worker, from 20000 on. */
export interface VirtualPorts {
  readonly pairs?: number;
  readonly shared?: number;
  /** The IP address that they are bound to, when it is loopback. */
  readonly loopback?: string;
  /** The addresses that parties are told. */
  readonly advertise?: readonly string[];
}

/** A worker without sockets, in virtual time. */
export class VirtualWorker {
  /** In ms. */
  now = 1_000_000;
  /** RTP ports that somebody else has. */
  readonly foreign: Set<number> = new Set();
  /** Ports are opened once this resolves. */
  opening: Promise<void> = Promise.resolve();
  /** Ports that are open. */
  readonly open: Map<number, PortPair> = new Map();
  readonly relay: Relay;
  readonly rows: Counters = new Counters(1000);
  readonly placement: Placement;
  readonly engine: RelayEngine;
  #sent: Sent[] = [];

  static async start({
    pairs = 20,
    shared = 4,
    loopback = '',
    advertise = ['203.0.113.9'],
  }: VirtualPorts = {}): Promise<VirtualWorker> {
    const worker = new VirtualWorker(pairs, loopback, advertise);
    await worker.placement.openShared(shared, worker.now);
    return worker;
  }

  private constructor(pairs: number, loopback: string, advertise: readonly string[]) {
    this.relay = new Relay(this.rows);
    const range = { host: '127.0.0.1', from: 20_000, to: 20_000 + 2 * pairs - 1 };
    this.placement = new Placement(range, (port, shared) => this.#openPair(port, shared), this.rows);
    this.engine = new RelayEngine({
      worker: 'worker-1',
      advertise,
      loopback: parseAddress(loopback),
      firstSession: 1,
      placement: this.placement,
      relay: this.relay,
      rows: this.rows,
      now: () => this.now,
    });
  }

  /** Lets a packet arrive; what was sent on because of it. */
  receive(from: string, port: number, bytes: Buffer): Sent[] {
    const [host, peerPort] = splitAddress(from);
    const batch: Batch = {
      // Not at the beginning of the slab: a reader of several has to heed offsets.
      slab: Buffer.concat([Buffer.alloc(5, 0xff), bytes, Buffer.alloc(5, 0xff)]),
      count: 1,
      offsets: Uint32Array.of(5),
      lengths: Uint32Array.of(bytes.length),
      addresses: Float64Array.of(parseAddress(host)!),
      ports: Uint16Array.of(peerPort),
    };
    const pair = this.open.get(port - (port % 2))!;
    this.#sent = [];
    this.relay.receive(port % 2 === 0 ? pair.rtp : pair.rtcp, batch, this.now);
    return this.#sent;
  }

  openSession(open: Partial<media.Open> = {}): Promise<media.Session> {
    return this.engine.open({
      call: 'call-1',
      streams: 1,
      callerSources: ['198.51.100.1'],
      calleeSources: ['198.51.100.2'],
      inactivity: 0,
      owner: 'edge-1',
      ...open,
    });
  }

  /** Describes streams, each as `host:port` or more; from where they are unless `source` says otherwise. */
  describe(
    session: string,
    side: 'caller' | 'callee',
    streams: readonly (string | Partial<media.Stream>)[],
    source?: string,
  ): Promise<media.Session> {
    const described = streams.map(streamOf);
    return this.engine.describe({
      session,
      side: side === 'caller' ? media.Side.SIDE_CALLER : media.Side.SIDE_CALLEE,
      streams: described,
      signallingSource: source ?? described[0]?.host ?? '',
    });
  }

  /** Lets so many milliseconds pass, looking at the clock once a second; returns what was reported, and is heard. */
  pass(ms: number, isHeard: boolean = true): ReturnType<RelayEngine['tick']> {
    const end = this.now + ms;
    const reports: ReturnType<RelayEngine['tick']> = [];
    while (this.now < end) {
      this.now = Math.min(end, this.now + 1000);
      const told = this.engine.tick();
      reports.push(...told);
      if (isHeard) for (const { session } of told) this.engine.acknowledge(session);
    }
    return reports;
  }

  async #openPair(port: number, shared: boolean): Promise<PortPair> {
    await this.opening;
    if (this.foreign.has(port))
      throw Object.assign(new Error(`bind EADDRINUSE ${port}`), { code: 'EADDRINUSE' });
    const pair = new PortPair(port, shared, { rtp: this.#outlet(port), rtcp: this.#outlet(port + 1) });
    this.open.set(port, pair);
    return pair;
  }

  #outlet(from: number): Outlet {
    let waiting: Sent[] = [];
    return {
      forward: (batch, index, address, port) => {
        const at = batch.offsets[index]!;
        const bytes = Buffer.from(batch.slab.subarray(at, at + batch.lengths[index]!));
        waiting.push({ from, to: `${formatAddress(address)}:${port}`, bytes });
      },
      flush: () => {
        this.#sent.push(...waiting);
        waiting = [];
      },
      close: async () => {
        this.open.delete(from);
      },
    };
  }
}

/** What a stream is when nothing is said but its address. */
function streamOf(stream: string | Partial<media.Stream>): media.Stream {
  const [host, port] = typeof stream === 'string' ? splitAddress(stream) : ['', 0];
  const plain = { host, port, rtcpPort: port === 0 ? 0 : port + 1, silent: false };
  return typeof stream === 'string' ? plain : { ...plain, ...stream };
}

/** An RTP packet of 20 ms of G.711. */
export function rtpPacket(fields: Partial<RtpHeader> = {}): Buffer {
  const packet = Buffer.alloc(rtpHeaderSize + 160);
  const sequence = fields.sequence ?? 1;
  const header = { payloadType: 0, marker: false, sequence, timestamp: sequence * 160, ssrc: 7 };
  writeHeader(packet, 0, { ...header, ...fields });
  return packet;
}

/** An empty RTCP receiver report. */
export function rtcpPacket(ssrc: number = 7): Buffer {
  const packet = Buffer.from('80c9000100000000', 'hex');
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}

function splitAddress(text: string): [host: string, port: number] {
  const colon = text.lastIndexOf(':');
  return [text.slice(0, colon), Number(text.slice(colon + 1))];
}
