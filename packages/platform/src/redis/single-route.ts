import { Fault } from '@tandem/sip';
import { ErrorReply } from 'redis';
import { redisUnavailable } from '../faults.ts';
import { formatHostPort, type HostPort } from '../settings/address.ts';
import { askOnce, type Reply } from './connection.ts';
import { Link } from './link.ts';
import type { Route, RouteOptions } from './route.ts';
import type { RedisServers } from './servers.ts';

/** One server that has all keys: always the same, or the one that the sentinels call the master. */
export class SingleRoute implements Route {
  readonly #link: Link;

  constructor({ servers, deadlineMs, onState }: RouteOptions) {
    const { access, kind } = servers;
    const master = kind === 'sentinel';
    const address = master
      ? () => masterOf(servers, deadlineMs)
      : async () => servers.addresses[0] as HostPort;
    this.#link = new Link({ address, access, deadlineMs, master, onState });
  }

  get opened(): Promise<void> {
    return this.#link.opened;
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  async send(_key: string, args: readonly string[]): Promise<Reply> {
    try {
      return await this.#link.send(args);
    } catch (error) {
      // It was the master when it was connected to, and is none any more.
      if (error instanceof ErrorReply && error.message.startsWith('READONLY'))
        this.#link.renew(error.message);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}

/** The first sentinel that answers is believed; whether the server is a master is seen when it is connected to. */
async function masterOf(
  { addresses, master = '', access }: RedisServers,
  deadlineMs: number,
): Promise<HostPort> {
  try {
    return await Promise.any(addresses.map((sentinel) => askSentinel(sentinel, master, access, deadlineMs)));
  } catch (error) {
    const reasons = (error as AggregateError).errors.map(({ message }: Error) => message).join('; ');
    throw new Fault(redisUnavailable, `no sentinel knows ${master}: ${reasons}`);
  }
}

/** Sentinels have the servers' password or none. */
async function askSentinel(
  sentinel: HostPort,
  master: string,
  { tls, username, password }: RedisServers['access'],
  deadlineMs: number,
): Promise<HostPort> {
  const question = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master];
  const open = { tls, database: 0 };
  const locked = { ...open, ...(username !== undefined && { username }), ...(password && { password }) };
  const reply = await askOnce(sentinel, open, deadlineMs, question).catch((error: Error) => {
    if (!password || !error.message.includes('NOAUTH')) throw error;
    return askOnce(sentinel, locked, deadlineMs, question);
  });
  const [host, port] = (reply ?? []) as readonly string[];
  if (!host || !port) throw new Error(`${formatHostPort(sentinel)}: no master of this name`);
  return { host, port: Number(port) };
}
