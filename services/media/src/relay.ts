import type { Batch } from '@tandem/datagram';
import { classify, type DatagramKind, readRtcpSsrc, readSequence, readSsrc } from '@tandem/rtp';
import type { Counters } from './counters.ts';
import { provenLeg } from './latch.ts';
import type { Leg } from './leg.ts';
import type { Channel } from './port-pair.ts';
import type { Probes } from './probes.ts';

/** Packets that no leg can answer for, since the start. */
export interface RelayCounters {
  /** Of strangers at shared ports. */
  strange: number;
  /** Late packets of legs that have ended. */
  silenced: number;
  /** Taken, but the other side has not proven where it is, or is on hold. */
  withheld: number;
  /** The system could not send them. */
  unsent: number;
}

/** Takes packets in from proven sources and sends them on to the other side, out of the slot that they came in. */
export class Relay {
  readonly counters: RelayCounters = { strange: 0, silenced: 0, withheld: 0, unsent: 0 };
  readonly #rows: Counters;
  readonly #probes: Pick<Probes, 'heard'> | undefined;
  readonly #touched: Channel[] = [];
  #touches = 0;

  constructor(rows: Counters, probes?: Pick<Probes, 'heard'>) {
    this.#rows = rows;
    this.#probes = probes;
  }

  /** `now` is in ms, to the fraction: jitter is told from it. */
  receive(channel: Channel, batch: Batch, now: number): void {
    for (let index = 0; index < batch.count; index++) {
      const kind = classify(batch.slab, batch.offsets[index]!, batch.lengths[index]!);
      const leg =
        channel.peers.find(batch.addresses, batch.ports, index) ??
        this.#meet(channel, batch, index, kind, now);
      if (leg) this.#take(leg, channel, batch, index, kind, now);
    }
    for (; this.#touches > 0; this.#touches--) flush(this.#touched[this.#touches - 1]!);
  }

  #take(leg: Leg, channel: Channel, batch: Batch, index: number, kind: DatagramKind, now: number): void {
    const { slot } = leg;
    const rows = this.#rows;
    const report = kind === 'rtcp' && !leg.signalled?.opaque;
    if (report) {
      rows.rtcp[slot]! += 1;
      // RFC 5761 §5.1.1: whoever sends RTCP to the RTP port takes it there as well.
      if (!channel.control) leg.muxed = true;
    } else if (!channel.control && leg.signalled?.opaque) {
      rows.packets[slot]! += 1;
      rows.octets[slot]! += batch.lengths[index]!;
    } else if (!channel.control && kind === 'rtp') {
      rows.receive(slot, batch.slab, batch.offsets[index]!, batch.lengths[index]!, now);
    } else if (kind !== 'dtls') {
      rows.refused[slot]! += 1;
      return;
    }
    rows.heard[slot]! += 1;
    rows.heardAt[slot] = now;
    this.#send(leg.opposite!, report || channel.control, batch, index);
  }

  #send(leg: Leg, control: boolean, batch: Batch, index: number): void {
    const apart = control && !leg.muxed;
    const remote = apart ? leg.rtcp : leg.rtp;
    if (remote.port === 0 || leg.held) {
      this.counters.withheld++;
      return;
    }
    const channel = apart ? leg.pair.rtcp : leg.pair.rtp;
    channel.outlet.forward(batch, index, remote.address, remote.port);
    if (channel.touched) return;
    channel.touched = true;
    this.#touched[this.#touches++] = channel;
  }

  #meet(channel: Channel, batch: Batch, index: number, kind: DatagramKind, now: number): Leg | undefined {
    const { outlet, pair } = channel;
    if (this.#probes?.heard(outlet, channel.control ? pair.port + 1 : pair.port, batch, index))
      return undefined;
    const { slab } = batch;
    const at = batch.offsets[index]!;
    const [address, port] = [batch.addresses[index]!, batch.ports[index]!];
    const ssrc = kind === 'rtp' ? readSsrc(slab, at) : kind === 'rtcp' ? readRtcpSsrc(slab, at) : 0;
    const sequence = kind === 'rtp' ? readSequence(slab, at) : 0;
    const leg = provenLeg({ channel, address, port, kind, ssrc, sequence }, this.#rows.reception);
    if (leg) leg.latch(channel, address, port);
    else this.#refuse(channel, address, now);
    return leg;
  }

  #refuse({ pair }: Channel, address: number, now: number): void {
    const late = pair.ended.at(address);
    const [leg, another] = pair.shared ? pair.legs.at(address) : [pair.legs.sole];
    for (const ended of late) ended.lastPacket = now;
    if (late.length > 0) this.counters.silenced++;
    else if (leg && !another) this.#rows.refused[leg.slot]! += 1;
    else this.counters.strange++;
  }
}

function flush(channel: Channel): void {
  channel.outlet.flush();
  channel.touched = false;
}
