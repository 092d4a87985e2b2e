import type { Fault } from '@tandem/sip';
import type { Reply } from './connection.ts';
import type { RedisServers } from './servers.ts';

/** The way to the server that has a key. */
export interface Route {
  /** The first attempt to reach all servers has succeeded or failed. */
  readonly opened: Promise<void>;
  /** Every key can be asked for. */
  readonly connected: boolean;
  /** Rejects with an ErrorReply or a Fault. */
  send(key: string, args: readonly string[]): Promise<Reply>;
  close(): Promise<void>;
}

export interface RouteOptions {
  readonly servers: RedisServers;
  readonly deadlineMs: number;
  /** Told when a server has come, has gone or cannot be reached: with the reason if it is not there. */
  readonly onState: (gone?: Fault) => void;
}
