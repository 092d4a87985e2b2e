import { isIPv6 } from 'node:net';
import { Fault, type Speech } from '@tandem/sip';
import { listenerUnavailable } from '../faults.ts';
import type { ConnectionAllowance, ConnectionLimits } from './connection-limits.ts';
import type { Flow, Receiver } from './flow.ts';
import { hostPort } from './flow.ts';
import type { Listener } from './listener.ts';
import { StreamSocket } from './stream.ts';
import type { Transport } from './transport.ts';
import { UdpSocket } from './udp.ts';
import { WebSocketListener } from './web-socket.ts';

const webSockets: readonly Transport[] = ['ws', 'wss'];

type Streams = StreamSocket | WebSocketListener;

/** Where a peer leaves the choice to us. */
const preferred: readonly Transport[] = ['udp', 'tcp', 'tls'];

/** Our end of a flow, as its description names it. */
interface LocalEnd {
  readonly port: number;
  /** Only of an address that moves between edges. */
  readonly host?: string | undefined;
}

/** All listening sockets of an edge, and the connections made from them. */
export class Sockets implements Receiver {
  #udp: readonly UdpSocket[] = [];
  /** Those with connections. */
  #streams: readonly Streams[] = [];
  #receiver: Receiver | undefined;
  readonly #allowance: ConnectionAllowance;

  constructor(allowance: ConnectionAllowance) {
    this.#allowance = allowance;
  }

  /** Opens all listeners, or none: a Fault names the one that could not be opened. */
  static async open(listeners: readonly Listener[], allowance: ConnectionAllowance): Promise<Sockets> {
    const sockets = new Sockets(allowance);
    try {
      for (const listener of listeners) await sockets.add(listener);
    } catch (error) {
      await sockets.close();
      throw error;
    }
    return sockets;
  }

  /** Opens one more. Rejects with a Fault that names it. */
  async add(listener: Listener): Promise<void> {
    try {
      if (listener.transport === 'udp') this.#udp = [...this.#udp, await UdpSocket.open(listener, this)];
      else this.#streams = [...this.#streams, await this.#stream(listener)];
    } catch (error) {
      const address = `${listener.transport}://${hostPort(listener.host, listener.port)}`;
      throw new Fault(listenerUnavailable, `${address}: ${reason(error)}`, { cause: error });
    }
  }

  /** Closes one, with its connections. */
  async remove({ transport, host, port }: Listener): Promise<void> {
    const isIt = ({ listener }: UdpSocket | Streams): boolean =>
      listener.transport === transport && listener.host === host && listener.port === port;
    const gone = [...this.#udp, ...this.#streams].filter(isIt);
    this.#udp = this.#udp.filter((socket) => !isIt(socket));
    this.#streams = this.#streams.filter((socket) => !isIt(socket));
    await Promise.all(gone.map((socket) => socket.close()));
  }

  /** From now on somebody takes what arrives; before, it is dropped as by a network. */
  deliverTo(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#allowance.limits.isBanned = (host) => receiver.isBanned(host);
  }

  isBanned(host: string): boolean {
    return this.#receiver?.isBanned(host) ?? false;
  }

  received(message: string, flow: Flow): void {
    this.#receiver?.received(message, flow);
  }

  broken(message: string, fault: Fault, flow: Flow): void {
    this.#receiver?.broken(message, fault, flow);
  }

  failed(flow: Flow, error: Error): void {
    this.#receiver?.failed(flow, error);
  }

  get listeners(): Listener[] {
    return [...this.#udp, ...this.#streams].map((socket) => socket.listener);
  }

  get limits(): ConnectionLimits {
    return this.#allowance.limits;
  }

  /** What can be sent over to whom is not known yet. */
  get speech(): Speech {
    const { listeners } = this;
    const transports = listeners.map(({ transport }) => transport);
    const isSix = listeners.map(({ host }) => isIPv6(host));
    return {
      transports: preferred.filter((each) => transports.includes(each)),
      families: [
        ...(isSix.includes(false) ? ['A' as const] : []),
        ...(isSix.includes(true) ? ['AAAA' as const] : []),
      ],
    };
  }

  /** How many there are over a transport. */
  connections(transport: Transport): number {
    const sockets = this.#streams.filter(({ listener }) => listener.transport === transport);
    return sockets.reduce((sum, socket) => sum + socket.connections, 0);
  }

  /** Whether an address that moves between edges is here now. */
  has(floating: string | undefined): boolean {
    return this.#udp.some(({ listener }) => listener.floating && listener.host === floating);
  }

  /** An open connection by its number. */
  connection(number: number): Flow | undefined {
    for (const socket of this.#streams) {
      const flow = socket.connection(number);
      if (flow) return flow;
    }
    return undefined;
  }

  /** Connections that peers have opened. */
  get accepted(): Flow[] {
    return this.#streams.flatMap((socket) => socket.accepted);
  }

  /** Closes one in order. */
  release({ connection }: Flow): void {
    for (const socket of this.#streams) socket.release(connection);
  }

  /** Cuts a connection off, as when its peer is known to be gone. */
  abandon(connection: number): void {
    for (const socket of this.#streams) socket.abandon(connection);
  }

  /**
   * A flow to an IP address; undefined when no listener has the transport and the address family. Over TLS the peer has
   * to prove `name`: the host that the address was looked up for (RFC 5922 §4).
   */
  flowTo(transport: Transport, host: string, port: number, from?: LocalEnd, name?: string): Flow | undefined {
    return this.#socketFor(transport, host, from)?.flowTo(host, port, name);
  }

  /** What a peer with this address sends to, by default. */
  listenerFor(transport: Transport, host: string): Listener | undefined {
    return this.#socketFor(transport, host)?.listener;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#udp, ...this.#streams].map((socket) => socket.close()));
  }

  #stream(listener: Listener): Promise<Streams> {
    const kind = webSockets.includes(listener.transport) ? WebSocketListener : StreamSocket;
    return kind.open(listener, this, this.#allowance);
  }

  #socketFor(transport: Transport, host: string, from?: LocalEnd): UdpSocket | Streams | undefined {
    const sockets: readonly (UdpSocket | Streams)[] = transport === 'udp' ? this.#udp : this.#streams;
    const fitting = sockets.filter(
      ({ listener }) => listener.transport === transport && isIPv6(listener.host) === isIPv6(host),
    );
    const isFrom = ({ listener }: UdpSocket | Streams): boolean => listener.port === from?.port;
    return (
      fitting.find((socket) => isFrom(socket) && from?.host === floatingHost(socket.listener)) ??
      fitting.find(isFrom) ??
      fitting.find(({ listener }) => !listener.floating) ??
      fitting[0]
    );
  }
}

function floatingHost({ floating, host }: Listener): string | undefined {
  return floating ? host : undefined;
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'the port is taken by another process';
  if (code === 'EACCES') return 'not permitted: ports below 1024 need privileges';
  if (code === 'EADDRNOTAVAIL') return 'this machine does not have the address';
  return error instanceof Error ? error.message : String(error);
}
