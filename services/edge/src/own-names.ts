import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isWildcard } from '@tandem/platform';
import { bareHost, type IsOwn, parseHostPort, parseUri, type Via } from '@tandem/sip';
import { hostPort } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';
import { defaultPort, parseTransport, transportOf } from './socket/transport.ts';

/** What names this edge: in Request-URI, Route, Record-Route and Via. */
export interface OwnNames {
  /** Host names and addresses without port, IPv6 without brackets. */
  readonly hosts: readonly string[];
  readonly isOwn: IsOwn;
  readonly isOwnVia: (via: Via) => boolean;
  /** A listener is named otherwise from now on; what it was called before still leads here. */
  readonly add: (listener: Listener) => void;
}

/**
 * `others` are the addresses of the other edges: what they have put into a route set is for any edge. `inside` is what they
 * call a listener.
 */
export function ownNames(
  listeners: readonly Listener[],
  others: () => ReadonlySet<string> = () => new Set(),
  inside?: (listener: Listener) => string,
): OwnNames {
  const hosts = new Set<string>();
  const addresses = new Set<string>();
  const add = (text: string, port: number): void => {
    const name = parseHostPort(text);
    if (!name) return;
    const host = bare(name.host);
    hosts.add(host);
    addresses.add(hostPort(host, name.port ?? port));
  };
  const addListener = (listener: Listener): void => {
    add(listener.advertised, listener.port);
    if (inside) add(inside(listener), listener.port);
    for (const host of boundHosts(listener.host)) add(hostPort(host, listener.port), listener.port);
    if (listener.shared !== undefined) add(listener.shared, listener.port);
  };
  for (const listener of listeners) addListener(listener);
  const isName = (host: string, port: number): boolean =>
    addresses.has(hostPort(bare(host.toLowerCase()), port));
  return {
    get hosts() {
      return [...hosts];
    },
    add: addListener,
    isOwn: (text) => {
      const uri = parseUri(text);
      if (uri === undefined || uri.scheme === 'tel') return false;
      const port = uri.port ?? defaultPort(transportOf(uri) ?? 'udp');
      return isName(uri.host, port) || others().has(hostPort(bare(uri.host), port));
    },
    isOwnVia: ({ host, port, transport }) =>
      isName(host, port ?? defaultPort(parseTransport(transport) ?? 'udp')),
  };
}

function boundHosts(host: string): string[] {
  if (!isWildcard(host)) return [host];
  return Object.values(networkInterfaces()).flatMap(
    (addresses) => addresses?.map(({ address }) => address) ?? [],
  );
}

function bare(host: string): string {
  const inner = bareHost(host);
  return isIP(inner) === 6 ? inner : host;
}
