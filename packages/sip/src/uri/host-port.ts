import { digits, isHost } from '../message/characters.ts';
import { parseIpAddress } from './address-block.ts';

/** The host in lower case, brackets of IPv6 included. */
export interface HostPort {
  readonly host: string;
  readonly port?: number;
}

const maxPort = 65_535;

/** The host as sockets want it: IPv6 without brackets. */
export function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

/** The host as URIs want it: IPv6 in brackets. */
export function hostInUri(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; undefined when it is none of them. */
export function parseHostPort(text: string): HostPort | undefined {
  const after = text.charCodeAt(0) === 91 ? text.indexOf(']') + 1 : text.indexOf(':');
  const hostEnd = after > 0 ? after : text.length;
  const host = text.slice(0, hostEnd).toLowerCase();
  if (!isHost(host)) return undefined;
  if (hostEnd === text.length) return { host };
  const port = text.charCodeAt(hostEnd) === 58 ? digits(text.slice(hostEnd + 1), maxPort) : undefined;
  return port === undefined ? undefined : { host, port };
}

/** What operators write: as `parseHostPort`, but IPv6 needs brackets only before a port. The host is without them. */
export function parseBareHostPort(text: string): HostPort | undefined {
  const isAddress6 = text.includes(':') && parseIpAddress(text) !== undefined;
  const parsed = parseHostPort(isAddress6 ? `[${text}]` : text);
  return parsed && { ...parsed, host: bareHost(parsed.host) };
}
