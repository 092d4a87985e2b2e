import { Fault } from '@tandem/sip';
import { createClient } from 'redis';
import { redisUnavailable } from '../faults.ts';
import { formatHostPort, type HostPort } from '../settings/address.ts';
import type { RedisAccess } from './servers.ts';

/** What Redis answers, as in RESP 2. */
export type Reply = string | number | null | readonly Reply[];

/** One connection to one server, from its opening to its end. */
export class Connection {
  /** Why it ended. */
  readonly ended: Promise<Fault>;
  readonly #client: ReturnType<typeof clientOf>;
  readonly #name: string;
  readonly #deadlineMs: number;

  /** The deadline is that of opening. */
  constructor(server: HostPort, access: RedisAccess, deadlineMs: number) {
    this.#name = formatHostPort(server);
    this.#deadlineMs = deadlineMs;
    this.#client = clientOf(server, access, deadlineMs);
    const { promise, resolve } = Promise.withResolvers<Fault>();
    this.ended = promise;
    const end = (error?: Error) => resolve(this.#fault(error?.message ?? 'closed'));
    this.#client.on('error', end).on('end', () => end());
  }

  /** A server that is stopped still accepts connections: only an answer counts. */
  async open(master = false): Promise<void> {
    const overdue = setTimeout(() => this.close(), this.#deadlineMs);
    try {
      await this.#client.connect();
      const [role] = await Promise.all([master ? this.send(['ROLE']) : '', this.send(['PING'])]);
      if (master && (role as Reply[])[0] !== 'master') throw new Error('is no master');
    } catch (error) {
      this.close();
      throw this.#fault((error as Error).message);
    } finally {
      clearTimeout(overdue);
    }
  }

  async send(args: readonly string[]): Promise<Reply> {
    return (await this.#client.sendCommand(args as string[])) as unknown as Reply;
  }

  close(): void {
    this.#client.destroy();
  }

  #fault(what: string): Fault {
    return new Fault(redisUnavailable, `${this.#name}: ${what}`);
  }
}

/** Asks one question over a connection of its own. */
export async function askOnce(
  server: HostPort,
  access: RedisAccess,
  deadlineMs: number,
  args: readonly string[],
): Promise<Reply> {
  const connection = new Connection(server, access, deadlineMs);
  const overdue = setTimeout(() => connection.close(), 2 * deadlineMs);
  try {
    await connection.open();
    return await connection.send(args);
  } finally {
    clearTimeout(overdue);
    connection.close();
  }
}

// RESP 2: lists stay lists. The client's own reconnecting, queue and deadlines are not used: a link has its own.
function clientOf({ host, port }: HostPort, { tls, database, username, password }: RedisAccess, ms: number) {
  return createClient({
    RESP: 2,
    socket: {
      host,
      port,
      connectTimeout: ms,
      reconnectStrategy: false,
      ...(tls && { tls, servername: host }),
    },
    database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: password.reveal() }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: 0 },
  });
}
