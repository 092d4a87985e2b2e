import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** How much is said: a packet every 20 ms, or just enough to prove that somebody is there. */
export type Rate = 'speech' | 'sparse';

interface Peer {
  readonly host: string;
  readonly port: number;
}

/** In milliseconds; its end is counted from when somebody began to look. */
export interface Pause {
  readonly end: number;
  readonly length: number;
}

const PACKET = 20;
const SPARSE = 25;
const HEADER = 12;
const SAMPLES = 160;
/** A stream that has been silent for so long has ended. */
const SILENT = 500;

/** The RTP of one side of a call: sends what bears its mark, and notes when something came and whose it was. */
export class Audio {
  static readonly #live = new Set<Audio>();
  static #turn = 0;
  readonly rate: Rate;
  readonly port: number;
  /** What its packets bear. */
  readonly mark: number;
  /** When packets of the peer came, by `performance.now()`. */
  readonly arrivals: number[] = [];
  /** The mark of what comes in: what bears another is of another call. */
  expects: number | undefined;
  foreign: number = 0;
  peer: Peer | undefined;
  readonly #socket: Socket;
  readonly #packet: Buffer;
  readonly #phase: number;
  #sequence = 0;

  private constructor(socket: Socket, rate: Rate, mark: number) {
    this.rate = rate;
    this.port = socket.address().port;
    this.#socket = socket;
    this.mark = mark;
    this.#phase = mark % SPARSE;
    this.#packet = Buffer.alloc(HEADER + SAMPLES);
    this.#packet.writeUInt16BE(0x80_00);
    this.#packet.writeUInt32BE(mark, 8);
    this.#packet.writeUInt32BE(mark, HEADER);
    socket.on('message', (bytes) => this.#received(bytes)).on('error', () => undefined);
  }

  static async open(host: string, rate: Rate, mark: number): Promise<Audio> {
    const socket = createSocket('udp4').unref();
    socket.bind(0, host);
    await once(socket, 'listening');
    const audio = new Audio(socket, rate, mark);
    Audio.#live.add(audio);
    return audio;
  }

  close(): void {
    if (!Audio.#live.delete(this)) return;
    this.#socket.close();
  }

  /** The longest pause since `moment`; it has no end while nothing has come since, or lately. */
  longestPause(moment: number): Pause {
    const times = [moment, ...this.arrivals.filter((at) => at > moment)];
    const last = times.at(-1)!;
    if (last === moment || performance.now() - last > SILENT)
      return { end: Number.POSITIVE_INFINITY, length: Number.POSITIVE_INFINITY };
    const pauses = times.slice(1).map((at, index) => ({ end: at - moment, length: at - times[index]! }));
    return pauses.reduce((longest, pause) => (pause.length > longest.length ? pause : longest), {
      end: 0,
      length: 0,
    });
  }

  // It drifts, which no measurement here minds: a pause is far longer than a packet.
  static {
    setInterval(() => Audio.#speak(), PACKET).unref();
  }

  static #speak(): void {
    Audio.#turn += 1;
    for (const audio of Audio.#live) {
      if (audio.rate === 'speech' || Audio.#turn % SPARSE === audio.#phase) audio.#send();
    }
  }

  #send(): void {
    if (!this.peer) return;
    this.#sequence += 1;
    this.#packet.writeUInt16BE(this.#sequence & 0xff_ff, 2);
    this.#packet.writeUInt32BE((Audio.#turn * SAMPLES) >>> 0, 4);
    this.#socket.send(this.#packet, this.peer.port, this.peer.host);
  }

  #received(bytes: Buffer): void {
    if (bytes.length < HEADER + 4) return;
    if (this.expects !== undefined && bytes.readUInt32BE(HEADER) !== this.expects) this.foreign += 1;
    else this.arrivals.push(performance.now());
  }
}
