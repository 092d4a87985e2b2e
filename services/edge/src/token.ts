import { isProven, OctetReader, seal, shortText, type TokenKey, unseal } from '@tandem/platform';
import type { CodecPolicy } from '@tandem/sdp';
import type { SipRequest } from '@tandem/sip';
import { decodeCodecs, encodeCodecs } from './codec-octets.ts';
import { decodeHop, encodeHop } from './hop.ts';
import { decodeOutsiders, encodeOutsiders, type Outsiders } from './outsider.ts';
import type { Transport } from './socket/transport.ts';

/** The way to one party of a dialog. */
export interface Hop {
  readonly transport: Transport;
  /** An IP literal. */
  readonly host: string;
  readonly port: number;
  /** The port of the socket that it is reached from. */
  readonly localPort: number;
  /** The address of that socket, where it is one that moves between edges. */
  readonly localHost?: string;
  /** The edge that holds the connection, or whose socket the NAT knows; empty when any edge will do. */
  readonly edge: string;
  /** The number of the connection; 0 for UDP. */
  readonly connection: number;
  /** The party's Contact is not where its packets come from: only this way leads to it. */
  readonly nat: boolean;
}

/** All that any edge needs to relay a later request of a dialog (design §2.7). */
export interface DialogToken {
  /** Tandem's id of the call: a UUID; empty when the dialog is of no call, such as a subscription. */
  readonly call: string;
  /** The media session; empty when media is not anchored. */
  readonly media: string;
  readonly caller: Hop;
  readonly callee: Hop;
  /** The parties that are no phones of ours, where any is. */
  readonly outsiders?: Outsiders;
  /** What codecs the parties may use, where not any. */
  readonly codecs?: CodecPolicy;
}

/** Which party sent a request. */
export type Party = 'caller' | 'callee';

/**
 * Writes the token as the user part of a Record-Route URI. It is sealed together with Call-ID and the caller's tag, so
 * that it is good for one dialog and tells who sends; nobody outside reads names and addresses from it.
 */
export function sealToken(
  token: DialogToken,
  { callId, from }: Pick<SipRequest, 'callId' | 'from'>,
  key: TokenKey,
): string {
  return seal(key, encode(token), contextOf(callId, from.params.get('tag') ?? ''));
}

/** Reads the token of a later request; undefined when it is not ours, not whole or of another dialog. */
export function verifyToken(
  user: string,
  request: SipRequest,
  key: TokenKey,
): { token: DialogToken; sender: Party } | undefined {
  const unsealed = unseal(key, user);
  if (!unsealed) return undefined;
  const begunBy = (tag: string | undefined): boolean =>
    tag !== undefined && isProven(key, unsealed, contextOf(request.callId, tag));
  const sender = begunBy(request.from.params.get('tag'))
    ? 'caller'
    : begunBy(request.to.params.get('tag'))
      ? 'callee'
      : undefined;
  return sender && { token: decode(unsealed.payload), sender };
}

/** With the layout of the payload: what another version wrote is not taken for this one. */
function contextOf(callId: string, tag: string): string {
  return `dialog 2\0${callId}\0${tag}`;
}

/** RFC 9562 §5.9: the UUID of nothing. */
const noCall = Buffer.alloc(16);

function encode({ call, media, caller, callee, outsiders, codecs }: DialogToken): Buffer {
  const id = call === '' ? noCall : Buffer.from(call.replaceAll('-', ''), 'hex');
  const hops = [encodeHop(caller), encodeHop(callee, caller)];
  const known = outsiders || codecs ? [encodeOutsiders(outsiders ?? {})] : [];
  return Buffer.concat([id, shortText(media), ...hops, ...known, ...(codecs ? [encodeCodecs(codecs)] : [])]);
}

/** Reads what `encode` wrote: that it is whole has been proven. */
function decode(payload: Buffer): DialogToken {
  const reader = new OctetReader(payload);
  const call = callOf(reader.take(16));
  const media = reader.shortText();
  const caller = decodeHop(reader);
  const callee = decodeHop(reader, caller);
  const outsiders = reader.isAtEnd ? {} : decodeOutsiders(reader);
  const hasOutsiders = Object.keys(outsiders).length > 0;
  const codecs = reader.isAtEnd ? undefined : decodeCodecs(reader);
  return { call, media, caller, callee, ...(hasOutsiders && { outsiders }), ...(codecs && { codecs }) };
}

function callOf(octets: Buffer): string {
  if (octets.equals(noCall)) return '';
  const id = octets.toString('hex');
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}
