import { type Batch, parseAddress } from '@tandem/datagram';
import { Fault } from '@tandem/sip';
import type { AgreedMedia } from '../agent/session.ts';
import { dtmfUnavailable } from '../faults.ts';
import type { TimedDigit } from './digits.ts';
import { Pacer } from './pacer.ts';
import { openPair, type PortPair } from './ports.ts';
import { clockPerMs, Receiver } from './receiver.ts';
import type { AudioSink } from './recording.ts';
import { Reporter } from './reporter.ts';
import { Sender } from './sender.ts';
import { type AudioSource, silence } from './source.ts';

/** What a network does to a packet that is sent: milliseconds after which each copy of it leaves; none does when it is lost. */
export type Fate = () => readonly number[];

const onTime: readonly number[] = [0];

/** What was sent and received so far. */
export interface AudioStatistics {
  readonly sent: {
    readonly packets: number;
    readonly octets: number;
    /** Packets of these that never left, and copies that left besides. */
    readonly withheld: number;
    readonly repeated: number;
    /** As the peer reports, like the jitter; undefined before its first report. */
    readonly lost: number | undefined;
    readonly jitterMs: number | undefined;
  };
  readonly received: {
    readonly packets: number;
    readonly octets: number;
    readonly lost: number;
    readonly jitterMs: number;
    /** The longest time without a packet since the first one; a hold counts as well. */
    readonly longestGapMs: number;
  };
  /** Milliseconds to the peer and back, by RTCP. */
  readonly roundTripMs: number | undefined;
}

/** The audio of one call: sockets, a clock of 20 ms, and one stream each way. */
export class AudioStream {
  readonly host: string;
  /** Where RTP is received. */
  readonly port: number;
  /** Called with each digit that begins to arrive. */
  onDigit: (digit: TimedDigit) => void = () => {};
  readonly #ports: PortPair;
  readonly #sender: Sender;
  readonly #receiver = new Receiver();
  readonly #reporter: Reporter;
  #source: AudioSource = silence;
  #speaks = false;
  #media: AgreedMedia | undefined;
  #remote = Number.NaN;
  #pacer: Pacer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #playing: NodeJS.Immediate | undefined;
  #closed: Promise<unknown> | undefined;
  readonly #fate: Fate;
  #withheld = 0;
  #repeated = 0;

  private constructor(ports: PortPair, random: () => number, fate: Fate) {
    this.host = ports.rtp.host;
    this.port = ports.rtp.port;
    this.#ports = ports;
    this.#fate = fate;
    this.#sender = new Sender(random);
    const streams = { sender: this.#sender, receiver: this.#receiver };
    this.#reporter = new Reporter(streams, `phone@${this.host}`, random, unixTime());
  }

  /** Opens the ports. Throws `phone-address-unavailable`. */
  static async open(host: string, random: () => number, fate: Fate = () => onTime): Promise<AudioStream> {
    // Nothing arrives before this function is done: a socket reads in a later turn of the event loop.
    let stream: AudioStream | undefined;
    const ports = await openPair(host, {
      rtp: (batch) => {
        if (stream) stream.#receive(batch);
      },
      rtcp: (batch) => {
        if (stream) stream.#receiveReports(batch);
      },
    });
    stream = new AudioStream(ports, random, fate);
    return stream;
  }

  get statistics(): AudioStatistics {
    const { packets, octets } = this.#sender;
    const { lost, jitterMs } = this.#receiver;
    const { report } = this.#reporter;
    return {
      sent: {
        packets,
        octets,
        withheld: this.#withheld,
        repeated: this.#repeated,
        lost: report?.lost,
        jitterMs: report && report.jitter / clockPerMs,
      },
      received: {
        packets: this.#receiver.packets,
        octets: this.#receiver.octets,
        lost,
        jitterMs,
        longestGapMs: this.#receiver.longestGap(performance.now()),
      },
      roundTripMs: this.#reporter.roundTripMs,
    };
  }

  /** Says this from now on, but nothing before the answer unless there is early audio. */
  play(source: AudioSource): void {
    this.#source = source;
    if (this.#speaks) this.#sender.source = source;
  }

  /** Has one more hear what arrives. */
  listen(sink: AudioSink): void {
    this.#receiver.sinks.push(sink);
  }

  /** Sends digits after those that are being sent; settles when the last is out. Rejects with `dtmf-unavailable`. */
  async sendDigits(digits: string): Promise<readonly TimedDigit[]> {
    if (this.#media?.event === undefined)
      throw new Fault(dtmfUnavailable, 'no telephone-event was agreed on');
    return this.#sender.digits.push(digits);
  }

  /** Sends and receives by this from now on; as long as nothing is to be said, silence is sent. */
  configure(media: AgreedMedia, speaks: boolean): void {
    this.#media = media;
    this.#remote = parseAddress(media.remote.host) ?? Number.NaN;
    this.#sender.configure(media);
    this.#receiver.configure(media.accepted);
    this.#speaks ||= speaks;
    if (this.#speaks) this.#sender.source = this.#source;
    if (this.#pacer || this.#closed) return;
    this.#pacer = new Pacer(performance.now());
    this.#tick();
  }

  /** Stops, says goodbye and frees the ports. */
  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    clearImmediate(this.#playing);
    this.#sender.digits.clear('the call is over');
    if (this.#media) this.#report(this.#reporter.last(unixTime()));
    await Promise.all([this.#ports.rtp.close(), this.#ports.rtcp.close()]);
  }

  #tick(): void {
    const now = performance.now();
    const { frames, skipped } = this.#pacer!.take(now);
    this.#sender.rest(skipped);
    for (let frame = 0; frame < frames; frame++) this.#send(now);
    this.#report(this.#reporter.next(unixTime()));
    // After a pause of the whole process, what arrived meanwhile is read first.
    this.#playing = setImmediate(() => {
      for (let frame = 0; frame < frames; frame++) this.#receiver.play();
    });
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, this.#pacer!.next - performance.now()));
  }

  #send(now: number): void {
    const { sending } = this.#media!;
    const packet = sending ? this.#sender.next(now) : undefined;
    if (packet) this.#meetFate(packet);
    else this.#sender.rest(1);
  }

  #meetFate(packet: Buffer): void {
    const delays = this.#fate();
    if (delays.length === 0) this.#withheld++;
    else this.#repeated += delays.length - 1;
    for (const ms of delays) {
      if (ms === 0) this.#leave(packet);
      else setTimeout(() => this.#leave(packet), ms);
    }
  }

  #leave(packet: Buffer): void {
    if (!this.#closed) this.#ports.rtp.send(packet, this.#remote, this.#media!.remote.port);
  }

  #report(packet: Buffer | undefined): void {
    if (packet && this.#media) this.#ports.rtcp.send(packet, this.#remote, this.#media.remote.rtcpPort);
  }

  /** From the peer's host only, so that nobody else is heard; a NAT may have changed the port. */
  #receive(batch: Batch): void {
    const now = performance.now();
    for (let index = 0; index < batch.count; index++) {
      if (batch.addresses[index] !== this.#remote || !this.#media?.receiving) continue;
      const { slab, offsets, lengths } = batch;
      const digit = this.#receiver.receive(slab, offsets[index]!, lengths[index]!, now);
      if (digit !== undefined) this.onDigit({ digit, at: now });
    }
  }

  #receiveReports(batch: Batch): void {
    const now = unixTime();
    for (let index = 0; index < batch.count; index++) {
      if (batch.addresses[index] !== this.#remote) continue;
      this.#reporter.receive(batch.slab, batch.offsets[index]!, batch.lengths[index]!, now);
    }
  }
}

/** In ms, of the same clock as `performance.now`. */
function unixTime(): number {
  return performance.timeOrigin + performance.now();
}
