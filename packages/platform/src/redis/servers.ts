import { Secret } from '@tandem/resource';
import { bareHost, parseHostPort } from '@tandem/sip';
import { z } from 'zod';
import type { HostPort } from '../settings/address.ts';

/** Where Redis is. */
export interface RedisServers {
  readonly kind: 'single' | 'cluster' | 'sentinel';
  /** Of the one server, of some nodes of the cluster, or of the sentinels. */
  readonly addresses: readonly HostPort[];
  /** What the sentinels call the master. */
  readonly master?: string;
  readonly access: RedisAccess;
}

/** How one gets in. */
export interface RedisAccess {
  readonly tls: boolean;
  readonly database: number;
  readonly username?: string;
  readonly password?: Secret;
}

/** What a setting that takes such a URL says of it. */
export const redisUrlForms: string =
  '`redis://[user:password@]host:port[/db]`, `redis+cluster://host:port,host:port` with some nodes of a cluster, or ' +
  '`redis+sentinel://host:port,host:port/master` with the sentinels and their name for the master; `rediss` for TLS';

const maxDatabase = 65_535;

class Unreadable extends Error {}

/** A URL of Redis. What is wrong with it is said without any part of it, for it may hold a password. */
export const redisUrl: z.ZodType<RedisServers, string> = z.string().transform((text, context) => {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

function parse(text: string): RedisServers {
  const [, scheme, kind = 'single', rest] = /^(rediss?)(?:\+(cluster|sentinel))?:\/\/(.*)$/.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) {
    throw new Unreadable(
      'must begin with redis://, rediss://, redis+cluster:// or redis+sentinel:// (TLS: rediss+…)',
    );
  }
  const [, user, place] = /^(?:(.*)@)?([^@]*)$/.exec(rest) ?? [];
  const [hosts = '', ...path] = (place ?? '').split('/');
  const access = { tls: scheme === 'rediss', ...credentials(user) };
  if (kind === 'sentinel') return sentinel(addresses(hosts, 26_379), path, access);
  if (kind === 'cluster') return cluster(addresses(hosts, 6_379), path, access);
  return single(addresses(hosts, 6_379), path, access);
}

type Access = Omit<RedisAccess, 'database'>;

function single(all: HostPort[], path: string[], access: Access): RedisServers {
  if (all.length > 1) throw new Unreadable('names several servers: redis+cluster:// or redis+sentinel:// do');
  return { kind: 'single', addresses: all, access: { ...access, database: database(path) } };
}

function cluster(all: HostPort[], path: string[], access: Access): RedisServers {
  if (path.join('') !== '')
    throw new Unreadable('must have nothing behind the nodes: a cluster has no databases');
  return { kind: 'cluster', addresses: all, access: { ...access, database: 0 } };
}

function sentinel(all: HostPort[], [master = '', ...path]: string[], access: Access): RedisServers {
  if (!/^[\w.-]{1,255}$/.test(master)) {
    throw new Unreadable('must end with the sentinels’ name for the master, such as /mymaster');
  }
  return { kind: 'sentinel', addresses: all, master, access: { ...access, database: database(path) } };
}

function addresses(hosts: string, defaultPort: number): HostPort[] {
  return hosts.split(',').map((text, index) => {
    const { host, port = defaultPort } = parseHostPort(text.trim()) ?? {};
    if (!host || port === 0) throw new Unreadable(`has no host:port as server ${index + 1}`);
    return { host: bareHost(host), port };
  });
}

function database([text = '', ...more]: string[]): number {
  if (text === '' && more.length === 0) return 0;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (more.length > 0 || !(number <= maxDatabase))
    throw new Unreadable('must end with the number of a database');
  return number;
}

/** Either may hold what a URL cannot, percent-encoded. */
function credentials(user: string | undefined): Pick<RedisAccess, 'username' | 'password'> {
  if (user === undefined) return {};
  const [name = '', ...rest] = user.split(':');
  const password = rest.join(':');
  try {
    return {
      ...(name !== '' && { username: decodeURIComponent(name) }),
      ...(password !== '' && { password: new Secret(decodeURIComponent(password)) }),
    };
  } catch {
    throw new Unreadable('has a user or password with a % that is none: write %25');
  }
}
