import { type Batch, type DatagramSocket, formatAddress } from '@tandem/datagram';
import {
  type HostPortRange,
  ProbeSightings,
  probeOctets,
  probeTime,
  probeToken,
  type Sighting,
} from '@tandem/platform';

/** A socket that a probe may come to. */
type Outlet = Pick<DatagramSocket, 'forward' | 'flush'>;

export interface ProbesOptions {
  readonly range: HostPortRange;
  /** Opens one port for a while. */
  readonly open: (
    port: number,
    reader: (batch: Batch, socket: DatagramSocket) => void,
  ) => Promise<DatagramSocket>;
  /** In ms. */
  readonly now: () => number;
}

/**
 * Sends back what a doctor sends who has announced it by a token that nobody can guess: no more than it gets, for ten
 * seconds, and a few dozen packets. So an address is checked from outside, and nobody is reflected to.
 */
export class Probes {
  readonly #options: ProbesOptions;
  readonly #sightings = new ProbeSightings();
  readonly #sockets = new Map<number, DatagramSocket>();
  #closing: NodeJS.Timeout | undefined;

  constructor(options: ProbesOptions) {
    this.#options = options;
  }

  /** Looks out for a token, as hexadecimal; the ports to be tried, which stand for the whole range. */
  async begin(token: string): Promise<readonly number[]> {
    this.#sightings.begin(token, this.#options.now());
    const ports = samplePorts(this.#options.range);
    await Promise.all(ports.map((port) => this.#open(port)));
    clearTimeout(this.#closing);
    this.#closing = setTimeout(() => void this.close(), probeTime);
    this.#closing.unref();
    return ports;
  }

  seen(token: string): readonly Sighting[] {
    return this.#sightings.of(token);
  }

  /** Whether a packet from a stranger is one of a probe; then it is on its way back. */
  heard(outlet: Outlet, port: number, batch: Batch, index: number): boolean {
    if (this.#sightings.isIdle || batch.lengths[index] !== probeOctets) return false;
    const token = probeToken(batch.slab, batch.offsets[index]!);
    const [address, sourcePort] = [batch.addresses[index]!, batch.ports[index]!];
    const sighting = { port, host: formatAddress(address), sourcePort };
    if (!this.#sightings.saw(token, sighting, this.#options.now())) return false;
    outlet.forward(batch, index, address, sourcePort);
    outlet.flush();
    return true;
  }

  async close(): Promise<void> {
    clearTimeout(this.#closing);
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    await Promise.all(sockets.map((socket) => socket.close()));
  }

  /** A port that is open already serves calls, and strangers there are looked at as well. */
  async #open(port: number): Promise<void> {
    if (this.#sockets.has(port)) return;
    const reader = (batch: Batch, socket: DatagramSocket): void => {
      for (let index = 0; index < batch.count; index++) this.heard(socket, port, batch, index);
    };
    try {
      this.#sockets.set(port, await this.#options.open(port, reader));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

const samples = 5;

/** The first and the last port, and some between: even ones, as RTP has. */
function samplePorts({ from, to }: HostPortRange): readonly number[] {
  const [lowest, highest] = [from + (from % 2), to - 1 - ((to - 1) % 2)];
  const step = (highest - lowest) / (samples - 1);
  const ports = Array.from({ length: samples }, (_, index) => lowest + 2 * Math.round((index * step) / 2));
  return [...new Set(ports)];
}
