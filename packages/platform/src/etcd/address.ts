import { Secret } from '@tandem/resource';
import type { z } from 'zod';
import { readBy } from '../settings/schema.ts';

/** One server of an etcd cluster. */
export interface EtcdEndpoint {
  /** `host:port`, with brackets around IPv6. */
  readonly authority: string;
  readonly tls: boolean;
}

/** Where etcd is, and who asks. */
export interface EtcdAddress {
  readonly endpoints: readonly [EtcdEndpoint, ...EtcdEndpoint[]];
  readonly user?: { readonly name: string; readonly password: Secret };
}

const defaultPort = 2379;
const urlPattern =
  /^(?<scheme>https?):\/\/(?:(?<name>[^:@/]+):(?<password>[^@/]*)@)?(?<host>\[[0-9A-Fa-f:.]+\]|[^[\]:@/?#\s]+)(?::(?<port>\d{1,5}))?\/?$/;

/** `http://host:port`, several with commas between; `https` and `user:password@` are understood. */
export const etcdUrl: z.ZodType<EtcdAddress, string> = readBy(
  'must be a list of URLs such as http://10.0.0.1:2379,http://10.0.0.2:2379 or https://user:password@etcd:2379',
  parse,
);

function parse(text: string): EtcdAddress | undefined {
  const parts = text.split(',').map((part) => urlPattern.exec(part.trim())?.groups);
  const endpoints = parts.map(endpointOf);
  const [first, ...others] = endpoints.filter((endpoint) => endpoint !== undefined);
  if (!first || others.length + 1 < parts.length) return undefined;
  // One user for all servers: it is enough to name it once.
  const named = parts.find((part) => part?.name !== undefined);
  const user = named && userOf(named);
  if (named && !user) return undefined;
  return { endpoints: [first, ...others], ...(user && { user }) };
}

type Groups = Readonly<Record<string, string | undefined>>;

function endpointOf(groups: Groups | undefined): EtcdEndpoint | undefined {
  const port = Number(groups?.port ?? defaultPort);
  if (!groups || port < 1 || port > 65_535) return undefined;
  return { authority: `${groups.host}:${port}`, tls: groups.scheme === 'https' };
}

function userOf({ name = '', password = '' }: Groups): EtcdAddress['user'] {
  try {
    return { name: decodeURIComponent(name), password: new Secret(decodeURIComponent(password)) };
  } catch {
    return undefined;
  }
}
