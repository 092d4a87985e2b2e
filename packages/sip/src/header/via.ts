import { tokenEnd, trimSpace, trimSpaceEnd } from '../message/characters.ts';
import { type HostPort, parseHostPort } from '../uri/host-port.ts';
import { type Params, parseParams, skipSpace } from './params.ts';

/** One Via value (RFC 3261 §20.42). */
export interface Via {
  /** Upper case: `UDP`, `TCP`, `TLS`, `WS`, `WSS`, or whatever was written. */
  readonly transport: string;
  /** The host of sent-by in lower case, brackets of IPv6 included. */
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
}

/** Begins every branch that follows RFC 3261 (§8.1.1.7). */
export const magicCookie = 'z9hG4bK';

/**
 * Reads one Via value; undefined when its grammar is broken. Another protocol than SIP/2.0 is let through: a request
 * of another version is still answered along its Via.
 */
export function parseVia(text: string): Via | undefined {
  const transportStart = text.startsWith('SIP/2.0/') ? skipSpace(text, 8) : findTransport(text);
  const transportEnd = tokenEnd(text, transportStart);
  const hostStart = skipSpace(text, transportEnd);
  if (transportStart === -1 || transportEnd === transportStart || hostStart === transportEnd)
    return undefined;
  const semicolon = text.indexOf(';', hostStart);
  const sentByEnd = semicolon === -1 ? text.length : semicolon;
  const sentBy = parseSentBy(text.slice(hostStart, sentByEnd));
  const params = sentBy && parseParams(text, sentByEnd);
  if (!params) return undefined;
  const transport = text.slice(transportStart, transportEnd).toUpperCase();
  const { host, port } = sentBy;
  return port === undefined ? { transport, host, params } : { transport, host, port, params };
}

/** The index after `protocol-name / protocol-version /`; -1 when something else stands there. */
function findTransport(text: string): number {
  let at = 0;
  for (let part = 0; part < 2; part++) {
    const end = tokenEnd(text, at);
    const slash = skipSpace(text, end);
    if (end === at || text.charCodeAt(slash) !== 47) return -1;
    at = skipSpace(text, slash + 1);
  }
  return at;
}

/** RFC 3261 §25.1: white space may stand around the colon. */
function parseSentBy(text: string): HostPort | undefined {
  const plain = parseHostPort(trimSpaceEnd(text));
  const colon = plain ? -1 : text.indexOf(':', text.indexOf(']') + 1);
  return colon === -1
    ? plain
    : parseHostPort(`${trimSpaceEnd(text.slice(0, colon))}:${trimSpace(text.slice(colon + 1))}`);
}
