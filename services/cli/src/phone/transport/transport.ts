import type { HostPort } from '@tandem/platform';
import type { Security } from './security.ts';

export const protocols = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;

export type Protocol = (typeof protocols)[number];

/** A way to one peer: from our socket to an address, or a connection (RFC 5626 §3.1). */
export interface Flow {
  readonly reliable: boolean;
  /** The peer's address: an IP literal without brackets. */
  readonly host: string;
  readonly port: number;
  /** Where responses to what came by it go: to another port of the peer (RFC 3581 §4), or by the same connection. */
  repliesTo(port: number): Flow;
  /** Sends one message, latin1. */
  send(text: string): void;
}

/** Takes what a transport has to say. */
export interface Receiver {
  /** One datagram, or one message of a stream. */
  received(text: string, flow: Flow): void;
  /** A connection has ended, or was refused. */
  lost(flow: Flow, error: Error): void;
}

/** Where a phone listens, and its way to its proxy. */
export interface Transport extends HostPort {
  /** What Via and Contact say of it: `host:port`, or the name of nothing where only its own flow leads to it. */
  readonly sentBy: string;
  /** The flow to the proxy; over anything but UDP the connection in use, or a new one. */
  toProxy(): Flow;
  close(): Promise<void>;
}

/** How to open a transport. The hosts are IP literals; port 0 lets the system choose. */
export interface TransportOptions {
  readonly local: HostPort;
  readonly proxy: HostPort;
  readonly receiver: Receiver;
  /** Over TLS and secure WebSockets: what the proxy's certificate has to be. */
  readonly security?: Security | undefined;
}
