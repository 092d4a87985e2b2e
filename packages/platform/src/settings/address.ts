import { isIP, isIPv6 } from 'node:net';
import { type AddressBlock, hostInUri, parseAddressBlock, parseHostPort } from '@tandem/sip';
import type { z } from 'zod';
import { readBy } from './schema.ts';

/** A host and a port; an IPv6 address is without brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** A host and a range of ports, both ends included. */
export interface HostPortRange {
  readonly host: string;
  readonly from: number;
  readonly to: number;
}

/** An address to listen on, an IP literal without brackets, and what is spoken there. */
export interface Listener<S extends string = string> extends HostPort {
  readonly scheme: S;
}

const maxListeners = 64;

/** `host:port`; port 0 leaves the choice to the system. */
export const hostPort: z.ZodType<HostPort, string> = readBy(
  'must be host:port, such as 127.0.0.1:8080 or [::1]:8080',
  parseAddress,
);

/** `host:from-to`. */
export const hostPortRange: z.ZodType<HostPortRange, string> = readBy(
  'must be host:from-to, such as 127.0.0.1:20000-29999',
  parseRange,
);

/** `scheme://address:port`, several with commas between. */
export function listeners<const S extends string>(
  schemes: readonly S[],
): z.ZodType<readonly Listener<S>[], string> {
  const example = `${schemes[0]}://127.0.0.1:5060`;
  return readBy(
    `must be a list of different scheme://address:port with ${schemes.join(' or ')}, such as ${example}`,
    (text) => parseListeners(text, schemes),
  );
}

const maxBlocks = 1_000;

/** Blocks of addresses with commas between; none when empty. */
export const addressBlocks: z.ZodType<readonly AddressBlock[], string> = readBy(
  `must be at most ${maxBlocks} addresses or networks with commas between, such as 192.0.2.4,2001:db8::/32`,
  parseBlocks,
);

/** `host:port`, with brackets around IPv6. */
export function formatHostPort({ host, port }: HostPort): string {
  return `${hostInUri(host)}:${port}`;
}

function parseAddress(text: string): HostPort | undefined {
  const parsed = parseHostPort(text);
  if (parsed?.port === undefined) return undefined;
  const { host, port } = parsed;
  if (!host.startsWith('[')) return { host, port };
  const literal = host.slice(1, -1);
  return isIPv6(literal) ? { host: literal, port } : undefined;
}

function parseRange(text: string): HostPortRange | undefined {
  const dash = text.lastIndexOf('-');
  const first = dash === -1 ? undefined : parseAddress(text.slice(0, dash));
  const last = first && parseAddress(`${text.slice(0, text.lastIndexOf(':'))}:${text.slice(dash + 1)}`);
  if (!first || !last || first.port === 0 || first.port > last.port) return undefined;
  return { host: first.host, from: first.port, to: last.port };
}

function parseListeners<S extends string>(
  text: string,
  schemes: readonly S[],
): readonly Listener<S>[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > maxListeners || new Set(parts).size < parts.length) return undefined;
  const parsed = parts.map((part) => parseListener(part, schemes));
  return parsed.every((listener) => listener !== undefined) ? parsed : undefined;
}

function parseListener<S extends string>(text: string, schemes: readonly S[]): Listener<S> | undefined {
  const scheme = schemes.find((candidate) => text.startsWith(`${candidate}://`));
  const address = scheme && parseAddress(text.slice(scheme.length + 3));
  return address && isIP(address.host) !== 0 ? { scheme, ...address } : undefined;
}

function parseBlocks(text: string): readonly AddressBlock[] | undefined {
  const parts = text === '' ? [] : text.split(',').map((part) => parseAddressBlock(part.trim()));
  return parts.length <= maxBlocks && parts.every((block) => block !== undefined) ? parts : undefined;
}

/** Whether a host stands for all addresses of the machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
