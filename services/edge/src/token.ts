import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { parseUri, type SipRequest } from '@tandem/sip';
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

/** A signature of 80 bits: it protects a dialog for as long as it lasts. */
const signatureOctets = 10;
const version = 1;

/**
 * Writes the token as the user part of a Record-Route URI. The signature covers Call-ID and the caller's tag, so that it
 * is good for one dialog and tells who sends.
 */
export function signToken(token: DialogToken, invite: SipRequest, key: Buffer): string {
  const payload = encode(token);
  const tag = invite.from.params.get('tag') ?? '';
  return Buffer.concat([sign(payload, invite.callId, tag, key), payload]).toString('base64url');
}

/** Reads the token of a later request; undefined when it is not ours, not whole or of another dialog. */
export function verifyToken(
  user: string,
  request: SipRequest,
  key: Buffer,
): { token: DialogToken; sender: Party } | undefined {
  const bytes = Buffer.from(user, 'base64url');
  if (bytes.length <= signatureOctets || bytes[signatureOctets] !== version) return undefined;
  const signature = bytes.subarray(0, signatureOctets);
  const payload = bytes.subarray(signatureOctets);
  const signedBy = (tag: string | undefined): boolean =>
    tag !== undefined && timingSafeEqual(sign(payload, request.callId, tag, key), signature);
  const sender = signedBy(request.from.params.get('tag'))
    ? 'caller'
    : signedBy(request.to.params.get('tag'))
      ? 'callee'
      : undefined;
  return sender && { token: decode(payload), sender };
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

function sign(payload: Buffer, callId: string, tag: string, key: Buffer): Buffer {
  const mac = createHmac('sha256', key).update(payload).update(`\0${callId}\0${tag}`, 'latin1').digest();
  return mac.subarray(0, signatureOctets);
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
