import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Fault } from '@tandem/sip';
import { onTestFinished } from 'vitest';
import { type ConnectionAllowance, ConnectionLimits, ConnectionNumbers } from './connection-limits.ts';
import type { Flow, Receiver } from './flow.ts';
import type { Listener } from './listener.ts';
import { Sockets } from './sockets.ts';
import type { Certificates } from './tls/certificates.ts';
import type { Transport } from './transport.ts';

/** What sockets said, in order, and who waits for more. */
export class Inbox implements Receiver {
  /** From where nothing is taken. */
  readonly banned: Set<string> = new Set();
  readonly #said: { text: string; flow: Flow }[] = [];
  #wake: () => void = () => {};

  isBanned(host: string): boolean {
    return this.banned.has(host);
  }

  received(message: string, flow: Flow): void {
    this.#say(message, flow);
  }

  broken(message: string, _fault: Fault, flow: Flow): void {
    this.#say(`broken: ${message}`, flow);
  }

  failed(flow: Flow, error: Error): void {
    this.#say(`failed: ${error.message}`, flow);
  }

  async next(): Promise<{ text: string; flow: Flow }> {
    while (this.#said.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    return this.#said.shift()!;
  }

  #say(text: string, flow: Flow): void {
    this.#said.push({ text, flow });
    this.#wake();
  }
}

/** A whole message. */
export const message = 'OPTIONS sip:a SIP/2.0\r\nContent-Length: 2\r\n\r\nhi';

export function listener(transport: Transport, port = 0, host = '127.0.0.1'): Listener {
  return { transport, host, port, advertised: `${host}:${port}` };
}

export function allowance(
  limits: ConstructorParameters<typeof ConnectionLimits>[0],
  certificates?: Certificates,
): ConnectionAllowance {
  return { limits: new ConnectionLimits(limits), numbers: new ConnectionNumbers(Date.now()), certificates };
}

/** What a test has opened; it is closed with the test. */
interface Opened {
  readonly sockets: Sockets;
  readonly inbox: Inbox;
  readonly ports: number[];
}

export async function open(
  listeners: Listener[],
  limits: ConstructorParameters<typeof ConnectionLimits>[0] = {
    sipMaxConnectionsPerSource: 10,
    sipMaxConnections: 10,
  },
  certificates?: Certificates,
): Promise<Opened> {
  const inbox = new Inbox();
  const sockets = await Sockets.open(listeners, allowance(limits, certificates));
  sockets.deliverTo(inbox);
  onTestFinished(() => sockets.close());
  return { sockets, inbox, ports: sockets.listeners.map(({ port }) => port) };
}

export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}
