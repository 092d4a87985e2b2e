import { isIPv6 } from 'node:net';
import { Fault } from '@tandem/sip';
import { listenerUnavailable } from '../faults.ts';
import type { Flow, Receiver, Transport } from './flow.ts';
import { hostPort } from './flow.ts';
import type { Listener } from './listener.ts';
import { type ConnectionLimits, TcpSocket } from './tcp.ts';
import { UdpSocket } from './udp.ts';

/** All listening sockets of an edge, and the connections made from them. */
export class Sockets implements Receiver {
  readonly #udp: UdpSocket[] = [];
  readonly #tcp: TcpSocket[] = [];
  #receiver: Receiver | undefined;

  /** Opens all listeners, or none: a Fault names the one that could not be opened. */
  static async open(listeners: readonly Listener[], limits: ConnectionLimits): Promise<Sockets> {
    const sockets = new Sockets();
    for (const listener of listeners) {
      try {
        if (listener.transport === 'udp') sockets.#udp.push(await UdpSocket.open(listener, sockets));
        else sockets.#tcp.push(await TcpSocket.open(listener, sockets, limits));
      } catch (error) {
        await sockets.close();
        const address = `${listener.transport}://${hostPort(listener.host, listener.port)}`;
        throw new Fault(listenerUnavailable, `${address}: ${reason(error)}`, { cause: error });
      }
    }
    return sockets;
  }

  /** From now on somebody takes what arrives; before, it is dropped as by a network. */
  deliverTo(receiver: Receiver): void {
    this.#receiver = receiver;
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
    return [...this.#udp, ...this.#tcp].map((socket) => socket.listener);
  }

  get connections(): number {
    return this.#tcp.reduce((sum, socket) => sum + socket.connections, 0);
  }

  /** An open connection by its number. */
  connection(number: number): Flow | undefined {
    for (const socket of this.#tcp) {
      const flow = socket.connection(number);
      if (flow) return flow;
    }
    return undefined;
  }

  /** A flow to an IP address; undefined when no listener has the transport and the address family. */
  flowTo(transport: Transport, host: string, port: number, localPort?: number): Flow | undefined {
    const sockets = transport === 'udp' ? this.#udp : this.#tcp;
    const fitting = sockets.filter((socket) => isIPv6(socket.listener.host) === isIPv6(host));
    const socket = fitting.find(({ listener }) => listener.port === localPort) ?? fitting[0];
    return socket?.flowTo(host, port);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#udp, ...this.#tcp].map((socket) => socket.close()));
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return 'the port is taken by another process';
  if (code === 'EACCES') return 'not permitted: ports below 1024 need privileges';
  if (code === 'EADDRNOTAVAIL') return 'this machine does not have the address';
  return error instanceof Error ? error.message : String(error);
}
