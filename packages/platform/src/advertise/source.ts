import { isIP } from 'node:net';
import { bareHost, parseHostPort } from '@tandem/sip';
import { formatHostPort, type HostPort, isWildcard } from '../settings/address.ts';

/** Where an address comes from that others are told. */
export type AddressSource =
  /** An operator has written it; the host is without brackets. */
  | { readonly from: 'given'; readonly host: string; readonly port: number | undefined }
  /** The metadata service of the cloud that this machine is in. */
  | { readonly from: 'cloud' }
  /** What a STUN server sees (RFC 5389). */
  | { readonly from: 'stun'; readonly server: HostPort };

/** What finds an address, for messages. */
export const sourceForms = 'cloud or stun:HOST[:PORT]';

const maxSources = 8;
/** RFC 5389 §9. */
const stunPort = 3478;

/** Several with commas between; undefined when one of them is none. */
export function parseAddressSources(text: string): readonly AddressSource[] | undefined {
  const sources = text.split(',').map((part) => parseSource(part.trim()));
  return sources.length <= maxSources && sources.every((each) => each !== undefined) ? sources : undefined;
}

/** Whether it stays as it is, so that nobody has to look for it. */
export function isGiven(source: AddressSource): source is AddressSource & { from: 'given' } {
  return source.from === 'given';
}

/** As it is written in a setting. */
export function formatSource(source: AddressSource): string {
  if (source.from === 'cloud') return 'cloud';
  if (source.from === 'stun') return `stun:${formatHostPort(source.server)}`;
  return source.port === undefined ? source.host : formatHostPort({ host: source.host, port: source.port });
}

function parseSource(text: string): AddressSource | undefined {
  if (text === 'cloud') return { from: 'cloud' };
  if (text.startsWith('stun:')) return parseStun(text.slice('stun:'.length));
  const address = parseHostPort(isIP(text) === 6 ? `[${text}]` : text);
  if (!address || address.host === '' || isWildcard(bareHost(address.host))) return undefined;
  return { from: 'given', host: bareHost(address.host), port: address.port };
}

function parseStun(text: string): AddressSource | undefined {
  const server = parseHostPort(isIP(text) === 6 ? `[${text}]` : text);
  if (!server || server.host === '') return undefined;
  return { from: 'stun', server: { host: bareHost(server.host), port: server.port ?? stunPort } };
}
