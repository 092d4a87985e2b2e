import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { formatAddress, formatMapped, parseAddress } from './address.ts';
import { type Batch, createBatch } from './batch.ts';
import type { DatagramCounters, DatagramOptions, DatagramSocket } from './socket.ts';

const defaultReceiveBuffer = 4 * 1024 * 1024;
const slabSize = 256 * 1024;

/** Node's own sockets: batches of one, and each datagram leaves at once. */
export function openDgram(options: DatagramOptions): Promise<DatagramSocket> {
  const asked = options.receiveBuffer ?? defaultReceiveBuffer;
  const six = isIPv6(options.host);
  return new Promise((resolve, reject) => {
    const raw = createSocket({
      type: six ? 'udp6' : 'udp4',
      ipv6Only: six && !options.bothFamilies,
      reusePort: options.reusePort ?? false,
      recvBufferSize: asked,
      // Hosts are IP literals: no resolver, no thread, no wait.
      lookup: (host, _family, callback) => callback(null, host, six ? 6 : 4),
    });
    const refuse = (error: Error): void => {
      raw.close();
      reject(error);
    };
    raw.once('error', refuse);
    raw.bind({ address: options.host, port: options.port, exclusive: true }, () => {
      raw.off('error', refuse);
      resolve(new DgramSocket(raw, asked, options));
    });
  });
}

class DgramSocket implements DatagramSocket {
  readonly host: string;
  readonly port: number;
  readonly receiveBuffer: { readonly asked: number; readonly granted: number };
  readonly counters: DatagramCounters = { received: 0, sent: 0, failed: 0 };
  slab: Buffer = Buffer.allocUnsafeSlow(0);
  readonly #raw: Socket;
  readonly #options: DatagramOptions;
  readonly #format: (address: number) => string;
  readonly #batch = createBatch(1);
  #free = 0;
  #closed: Promise<void> | undefined;

  constructor(raw: Socket, asked: number, options: DatagramOptions) {
    const { address, port } = raw.address();
    this.host = address;
    this.port = port;
    this.receiveBuffer = { asked, granted: grantedBuffer(raw) };
    this.#raw = raw;
    this.#options = options;
    this.#format = options.bothFamilies ? formatMapped : formatAddress;
    this.#batch.count = 1;
    raw.on('message', this.#receive);
    raw.on('error', this.#fail);
  }

  reserve(length: number): number {
    if (this.#free + length > this.slab.length) this.#renew(length);
    return this.#free;
  }

  commit(offset: number, length: number, address: number, port: number): void {
    this.#free = offset + length;
    this.send(this.slab.subarray(offset, offset + length), address, port);
  }

  send(bytes: Uint8Array, address: number, port: number): void {
    const host = this.#format(address);
    if (this.#closed) this.#refuse('EBADF', host, port);
    else if (!(port > 0 && port < 65_536)) this.#refuse('EINVAL', host, port);
    else this.#raw.send(bytes, port, host, this.#done);
  }

  forward(batch: Batch, index: number, address: number, port: number): void {
    const offset = batch.offsets[index]!;
    const length = batch.lengths[index]!;
    const whole = length === batch.slab.length;
    this.send(whole ? batch.slab : batch.slab.subarray(offset, offset + length), address, port);
  }

  flush(): void {}

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#raw.close(resolve);
    });
    return this.#closed;
  }

  // The system may still be reading a full slab (it queues when its own buffer is full), and then keeps it.
  #renew(length: number): void {
    this.#free = 0;
    const room = Math.max(slabSize, length);
    const busy = this.#closed !== undefined || this.#raw.getSendQueueCount() > 0;
    if (busy || this.slab.length < room) this.slab = Buffer.allocUnsafeSlow(room);
  }

  readonly #receive = (bytes: Buffer, peer: RemoteInfo): void => {
    const batch = this.#batch;
    batch.slab = bytes;
    batch.lengths[0] = bytes.length;
    batch.addresses[0] = parseAddress(peer.address) ?? Number.NaN;
    batch.ports[0] = peer.port;
    this.counters.received++;
    this.#options.reader(batch, this);
  };

  // One function for all sends: a closure for each would be garbage for each.
  readonly #done = (error: Error | null): void => {
    if (error) this.#fail(error);
    else this.counters.sent++;
  };

  readonly #fail = (error: NodeJS.ErrnoException): void => {
    this.counters.failed++;
    this.#options.failed?.(error, this);
  };

  #refuse(code: string, host: string, port: number): void {
    const error = Object.assign(new Error(`send ${code} ${host}:${port}`), { code, syscall: 'send' });
    process.nextTick(this.#fail, error);
  }
}

// Linux doubles what is asked, for its own bookkeeping, and reports the double (socket(7)).
function grantedBuffer(raw: Socket): number {
  const size = raw.getRecvBufferSize();
  return process.platform === 'linux' ? size / 2 : size;
}
