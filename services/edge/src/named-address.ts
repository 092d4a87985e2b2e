import { isIP, isIPv6 } from 'node:net';
import { parseBareHostPort } from '@tandem/sip';
import { hostPort } from './socket/flow.ts';
import type { Listener } from './socket/listener.ts';

/** An address that an operator has named. */
export interface NamedAddress {
  /** A name or an IP literal without brackets. */
  readonly host: string;
  /** That of UDP and TCP: whatever else is spoken has a port of its own. */
  readonly port?: number | undefined;
}

type Spoken = Pick<Listener, 'transport' | 'host' | 'port'>;

const maxNamed = 8;

/** `host` or `host:port`, several with commas between; undefined when it is none. */
export function parseNamedAddresses(text: string): readonly NamedAddress[] | undefined {
  const parts = text.split(',').map((part) => parseBareHostPort(part.trim()));
  return parts.length <= maxNamed && parts.every((part) => part !== undefined) ? parts : undefined;
}

/** What leads to a listener: an address of its family, or a name, which may stand for both. */
export function addressFor(
  named: readonly NamedAddress[],
  { host, transport }: Spoken,
): NamedAddress | undefined {
  const literal = named.find((each) => isIP(each.host) !== 0 && isIPv6(each.host) === isIPv6(host));
  const found = literal ?? named.find((each) => isIP(each.host) === 0);
  const isPlain = transport === 'udp' || transport === 'tcp';
  return found && { host: found.host, port: isPlain ? found.port : undefined };
}

/** What Record-Route says of a listener by a shared address: without a port where SRV, or the standard, knows it. */
export function sharedName(named: readonly NamedAddress[], listener: Spoken): string | undefined {
  const found = addressFor(named, listener);
  if (!found) return undefined;
  const { transport, port } = listener;
  const isKnown = transport === 'tls' ? port === 5061 : transport === 'udp' || transport === 'tcp';
  const shown = found.port ?? (isKnown ? undefined : port);
  if (shown !== undefined) return hostPort(found.host, shown);
  return found.host.includes(':') ? `[${found.host}]` : found.host;
}
