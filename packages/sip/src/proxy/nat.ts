import { bareHost } from '../uri/host-port.ts';
import { parseUri } from '../uri/uri.ts';

/** Where a message came from. */
interface Source {
  readonly transport: string;
  /** An IP literal without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Whether the URI that a party gave as its Contact differs from where its packets come from. A connection comes from
 * a port of its own, so that only the address tells.
 */
export function isBehindNat(contact: string | undefined, source: Source): boolean {
  const uri = contact === undefined ? undefined : parseUri(contact);
  if (!uri || uri.scheme === 'tel') return true;
  if (bareHost(uri.host) !== source.host) return true;
  return source.transport === 'udp' && (uri.port ?? 5060) !== source.port;
}

/** Whether a Contact says that the flow shall be used that it has come by (RFC 5626 §4.3). */
export function asksForFlow(contact: string): boolean {
  const uri = contact.includes(';ob') ? parseUri(contact) : undefined;
  return uri !== undefined && uri.scheme !== 'tel' && uri.params.has('ob');
}
