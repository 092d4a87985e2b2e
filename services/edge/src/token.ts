import { timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { type HmacKey, hmac, parseUri, type SipRequest } from '@tandem/sip';
import type { Transport } from './socket/flow.ts';

/** The way to one party of a dialog. */
export interface Hop {
  readonly transport: Transport;
  /** An IP literal. */
  readonly host: string;
  readonly port: number;
  /** The port of our socket that it is reached from. */
  readonly localPort: number;
  /** The edge that holds the connection, and its number; empty and 0 for UDP. */
  readonly edge: string;
  readonly connection: number;
  /** The party's Contact is not where its packets come from: only this way leads to it. */
  readonly nat: boolean;
}

/** All that any edge needs to relay a later request of a dialog (design §2.7). */
export interface DialogToken {
  /** Tandem's id of the call: a UUID. */
  readonly call: string;
  /** The media session; empty when media is not anchored. */
  readonly media: string;
  readonly caller: Hop;
  readonly callee: Hop;
}

/** Which party sent a request. */
export type Party = 'caller' | 'callee';

/** Characters of the signature: 84 bits protect a dialog for as long as it lasts. */
const signatureLength = 14;
const version = 1;

/**
 * Writes the token as the user part of a Record-Route URI: signature, then payload. The signature covers Call-ID and
 * the caller's tag, so that it is good for one dialog and tells who sends.
 */
export function signToken(token: DialogToken, invite: SipRequest, key: HmacKey): string {
  const payload = encode(token).toString('base64url');
  return sign(payload, invite.callId, invite.from.params.get('tag') ?? '', key) + payload;
}

/** Reads the token of a later request; undefined when it is not ours, not whole or of another dialog. */
export function verifyToken(
  user: string,
  request: SipRequest,
  key: HmacKey,
): { token: DialogToken; sender: Party } | undefined {
  const signature = Buffer.from(user.slice(0, signatureLength), 'latin1');
  const payload = user.slice(signatureLength);
  if (signature.length < signatureLength || payload === '') return undefined;
  const signedBy = (tag: string | undefined): boolean =>
    tag !== undefined &&
    timingSafeEqual(Buffer.from(sign(payload, request.callId, tag, key), 'latin1'), signature);
  const sender = signedBy(request.from.params.get('tag'))
    ? 'caller'
    : signedBy(request.to.params.get('tag'))
      ? 'callee'
      : undefined;
  const octets = Buffer.from(payload, 'base64url');
  return sender && octets[0] === version ? { token: decode(octets), sender } : undefined;
}

/**
 * Whether the URI that a party gave as its Contact differs from where its packets come from. A connection comes from
 * a port of its own, so that only the address tells.
 */
export function isBehindNat(
  contact: string | undefined,
  source: { readonly transport: string; readonly host: string; readonly port: number },
): boolean {
  const uri = contact === undefined ? undefined : parseUri(contact);
  if (!uri || uri.scheme === 'tel') return true;
  if (uri.host.replace(/^\[|\]$/g, '') !== source.host) return true;
  return source.transport === 'udp' && (uri.port ?? 5060) !== source.port;
}

function sign(payload: string, callId: string, tag: string, key: HmacKey): string {
  return hmac(key, `${payload}\0${callId}\0${tag}`).slice(0, signatureLength);
}

function encode(token: DialogToken): Buffer {
  const parts = [
    Buffer.from([version]),
    Buffer.from(token.call.replaceAll('-', ''), 'hex'),
    short(token.media),
  ];
  return Buffer.concat([...parts, ...encodeHop(token.caller), ...encodeHop(token.callee)]);
}

function encodeHop(hop: Hop): Buffer[] {
  const head = Buffer.alloc(5);
  head[0] = (hop.transport === 'tcp' ? 1 : 0) | (hop.nat ? 2 : 0);
  head.writeUInt16BE(hop.port, 1);
  head.writeUInt16BE(hop.localPort, 3);
  const connection = Buffer.alloc(6);
  connection.writeUIntBE(hop.connection, 0, 6);
  return hop.transport === 'tcp'
    ? [head, short(hop.host), connection, short(hop.edge)]
    : [head, short(hop.host)];
}

/** In place of a length: four octets of an IPv4 address follow. */
const ipv4Mark = 255;

/** A text of at most 254 octets behind its length; an IPv4 address takes four octets. */
function short(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from([ipv4Mark, ...text.split('.').map(Number)]);
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]);
}

function decode(payload: Buffer): DialogToken {
  const reader = new Reader(payload, 1);
  const id = reader.take(16).toString('hex');
  const call = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
  return { call, media: reader.short(), caller: decodeHop(reader), callee: decodeHop(reader) };
}

function decodeHop(reader: Reader): Hop {
  const head = reader.take(5);
  const common = {
    host: reader.short(),
    port: head.readUInt16BE(1),
    localPort: head.readUInt16BE(3),
    nat: (head[0]! & 2) !== 0,
  };
  if ((head[0]! & 1) === 0) return { transport: 'udp', edge: '', connection: 0, ...common };
  const connection = reader.take(6).readUIntBE(0, 6);
  return { transport: 'tcp', connection, edge: reader.short(), ...common };
}

/** Reads what `encode` wrote: the signature has proven that it is whole. */
class Reader {
  readonly #octets: Buffer;
  #at: number;

  constructor(octets: Buffer, at: number) {
    this.#octets = octets;
    this.#at = at;
  }

  take(length: number): Buffer {
    this.#at += length;
    return this.#octets.subarray(this.#at - length, this.#at);
  }

  short(): string {
    const length = this.take(1)[0]!;
    return length === ipv4Mark ? this.take(4).join('.') : this.take(length).toString('latin1');
  }
}
