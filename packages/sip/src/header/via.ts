import { digits, isHostText, isToken } from '../message/characters.ts';
import { type Params, parseParams, skipSpace } from './params.ts';

/** One Via value (RFC 3261 §20.42). */
export interface Via {
  /** Upper case: `UDP`, `TCP`, `TLS`, `WS`, `WSS`, or whatever was written. */
  readonly transport: string;
  /** The host of sent-by, brackets of IPv6 included. */
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
}

/** Begins every branch that follows RFC 3261 (§8.1.1.7). */
export const magicCookie = 'z9hG4bK';

/** Reads one Via value; undefined when its grammar is broken. */
export function parseVia(text: string): Via | undefined {
  const protocolEnd = readProtocol(text);
  if (protocolEnd === -1) return undefined;
  const transportStart = skipSpace(text, protocolEnd);
  let at = transportStart;
  while (at < text.length && isTokenCode(text, at)) at++;
  const transport = text.slice(transportStart, at).toUpperCase();
  const hostStart = skipSpace(text, at);
  if (transport === '' || hostStart === at) return undefined;
  const sentByEnd = findSentByEnd(text, hostStart);
  const sentBy = parseSentBy(text.slice(hostStart, sentByEnd));
  const params = parseParams(text, sentByEnd);
  return sentBy && params && { transport, ...sentBy, params };
}

function isTokenCode(text: string, at: number): boolean {
  return isToken(text, at, at + 1);
}

/** The index after `SIP / 2.0 /`; -1 when something else stands there. */
function readProtocol(text: string): number {
  if (text.startsWith('SIP/2.0/')) return 8;
  let at = 0;
  for (const part of ['sip', '/', '2.0', '/']) {
    if (text.slice(at, at + part.length).toLowerCase() !== part) return -1;
    at = skipSpace(text, at + part.length);
  }
  return at;
}

function findSentByEnd(text: string, start: number): number {
  const semicolon = text.indexOf(';', start);
  return semicolon === -1 ? text.length : semicolon;
}

function parseSentBy(text: string): { host: string; port?: number } | undefined {
  const sentBy = text.trim();
  const afterHost = sentBy.charCodeAt(0) === 91 ? sentBy.indexOf(']') + 1 : sentBy.search(/[\s:]|$/);
  const host = sentBy.slice(0, afterHost);
  if (!isHostText(host)) return undefined;
  const rest = sentBy.slice(afterHost).trimStart();
  if (rest === '') return { host };
  const port = rest.charCodeAt(0) === 58 ? digits(rest.slice(1).trim(), 65_535) : undefined;
  return port === undefined ? undefined : { host, port };
}
