import type { router } from '@tandem/contract';
import { type Fault, hostInUri } from '@tandem/sip';
import type { Listener } from './listener.ts';
import type { Transport } from './transport.ts';

/** A way to one peer: from one of our sockets to one address, or a connection (RFC 5626 §3.1). */
export interface Flow {
  readonly transport: Transport;
  /** Nothing is lost on it, so nothing is sent again. */
  readonly reliable: boolean;
  /** The peer's address: an IP literal without brackets. */
  readonly host: string;
  readonly port: number;
  /** Our end. */
  readonly listener: Listener;
  /** The number of the connection, never used again; 0 for UDP. */
  readonly connection: number;
  /** The names that the peer's certificate proves (RFC 5922 §7.1); empty where nothing is proven. */
  readonly proven?: readonly string[];
  /** The connection has ended: nothing arrives over it any more. */
  readonly isGone?: boolean;
  /** Whether it is a connection that we have opened, so that its peer may send requests back on it (RFC 5923). */
  readonly isOpened?: boolean;
  /**
   * The peer says in its Via that it wants requests on this connection that would go to a port of its own (RFC 5923 §5).
   * That is heeded for the names that its certificate proves, and of the first port alone.
   */
  alias?(port: number): void;
  /** Why nothing can be sent over it any more. */
  readonly failure?: Fault | undefined;
  /** Of a connection that we have opened: its peer has accepted it, whatever became of TLS. */
  readonly isConnected?: boolean;
  /** Of a connection: resolves when something can be sent over it, or with why nothing ever can. */
  whenOpen?(): Promise<Fault | undefined>;
  /** Of a flow of another edge: what carries messages there. With that it is lost. */
  readonly carrier?: Flow;
  /** Of a flow of another edge: what it is to its owner. */
  readonly known?: KnownFlow;
  /** The same flow, but what is sent goes to another port of the peer (RFC 3261 §18.2.2); a connection stays itself. */
  repliesTo(port: number): Flow;
  /** Sends one message, as latin1. What cannot be sent is reported to the receiver that the socket was opened with. */
  send(message: string): void;
  /** Of a connection: what stands between hears of it after so many seconds of silence, and it ends when its peer is gone. */
  keepOpen?(seconds: number): void;
}

/** A flow by its description: from a binding, or from a dialog's token. */
export type KnownFlow = Pick<
  router.Flow,
  'host' | 'port' | 'localPort' | 'localHost' | 'edge' | 'connection'
> & {
  readonly transport: string;
  /** No other way leads there. */
  readonly only?: boolean;
  /** Its peer is not to see which edges a request has passed. */
  readonly hidden?: boolean;
};

/** Takes what sockets have to say. */
export interface Receiver {
  /** Whether nothing is to be taken from an address: a datagram is dropped, a connection closed at once. */
  isBanned(host: string): boolean;
  /** One datagram, or one message of a stream. */
  received(message: string, flow: Flow): void;
  /** A stream that cannot be cut into messages any more, and why; it is closed behind this. */
  broken(message: string, fault: Fault, flow: Flow): void;
  /** Nothing can be sent over the flow: the connection has ended or was refused, or the address cannot be reached. */
  failed(flow: Flow, error: Error): void;
}

/** `host:port` with brackets where IPv6 wants them. */
export function hostPort(host: string, port: number): string {
  return `${hostInUri(host)}:${port}`;
}

/** An IPv4 peer of an IPv6 socket appears as `::ffff:192.0.2.4`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
