import type { Wav } from '@tandem/rtp';

/** What a phone signals over. */
export type SipTransport = 'udp' | 'tcp' | 'tls' | 'wss';

/** What a phone is told about its user. */
export interface PhoneAccount {
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  /** Where requests go first, `address:port`. */
  readonly proxy: string;
  readonly transport: SipTransport;
  /** What it says in every call, in Hz. */
  readonly tone: number;
}

/** Says its tone and keeps what it hears. */
export interface Speaker {
  /** The name that tells it apart in what a test complains of. */
  readonly host: { readonly name: string };
  readonly tone: number;
  /** When its call was answered, by `performance.now()`; undefined until then. */
  readonly answeredAt: number | undefined;
  /** What it has heard in its last call so far. */
  recording(): Promise<Wav>;
}

/** What phones of every make can do. */
export interface Softphone extends Speaker {
  readonly host: { readonly name: string; readonly address: string };
  readonly uri: string;
  register(): Promise<void>;
  unregister(): Promise<void>;
  dial(uri: string): Promise<void>;
  /** Waits for a call to come in and returns the caller's URI. */
  incoming(): Promise<string>;
  accept(): Promise<void>;
  established(): Promise<void>;
  hangup(): Promise<void>;
  /** Waits for the end of its call and returns the reason, in the words of its make. */
  closed(): Promise<string>;
}
