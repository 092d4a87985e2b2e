import { type BodyPart, type MediaType, parseMediaType, readParts, type SipMessage } from '@tandem/sip';

const sdpType = 'application/sdp';

/** The session description that a message carries, as its body or as a part of that (RFC 5621 §3). */
export function sdpOf(message: SipMessage): string | undefined {
  const type = message.value('Content-Type')?.toLowerCase() ?? '';
  if (message.body === '') return undefined;
  if (type === sdpType || type.startsWith(`${sdpType};`)) return message.body;
  return sdpPart(message)?.sdp;
}

/** The body with which a message goes on whose description is another one now; undefined leaves its own. */
export function bodyWith(message: SipMessage, sdp: string | undefined): string | undefined {
  const found = sdp === undefined ? undefined : sdpPart(message);
  if (!found) return sdp;
  const { body } = message;
  const { from, to } = found.part;
  return body.slice(0, from) + sdp + body.slice(to);
}

function sdpPart(message: SipMessage): { readonly part: BodyPart; readonly sdp: string } | undefined {
  const part = partsOf(message)?.find(isSdp);
  return part && { part, sdp: message.body.slice(part.from, part.to) };
}

export function isSdp({ type }: { readonly type: MediaType }): boolean {
  return type.name === sdpType;
}

/** The parts of a body that has some. */
export function partsOf(message: SipMessage): readonly BodyPart[] | undefined {
  const value = message.value('Content-Type');
  if (!value || !/^multipart\//i.test(value)) return undefined;
  const type = parseMediaType(value);
  return type && readParts(type, message.body);
}
