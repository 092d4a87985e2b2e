import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { type HmacKey, hmac, hmacKey } from '@tandem/sip';

/** What tokens are sealed with; the same on all edges. */
export interface TokenKey {
  readonly mac: HmacKey;
  /** Of AES-256. */
  readonly cipher: Buffer;
}

export function tokenKey(secret: string | Uint8Array): TokenKey {
  const base = hmacKey(secret);
  return { mac: hmacKey(hmac(base, 'mac')), cipher: Buffer.from(hmac(base, 'cipher'), 'base64url') };
}

/** Characters of the mark before the payload: 96 bits protect a dialog for as long as it lasts. */
const markLength = 16;

/**
 * Encrypts and authenticates a payload, as text of `A-Z a-z 0-9 - _`. Who opens it has to know the context, too. The
 * same payload is the same text again: the mark over payload and context is the initial counter (RFC 5297 §1.3.2).
 */
export function seal(key: TokenKey, payload: Buffer, context: string): string {
  const mark = markOf(key, payload, context);
  return mark + encrypt(key, mark, payload).toString('base64url');
}

/** A payload that is decrypted; whether it is ours is still to be proven. */
export interface Unsealed {
  readonly payload: Buffer;
  readonly mark: string;
}

/** Undefined when the text is too short to be one of ours. */
export function unseal(key: TokenKey, text: string): Unsealed | undefined {
  const sealed = Buffer.from(text.slice(markLength), 'base64url');
  const mark = text.slice(0, markLength);
  return sealed.length === 0 ? undefined : { mark, payload: encrypt(key, mark, sealed) };
}

/** Whether a payload was sealed with this key for this context. */
export function isProven(key: TokenKey, { payload, mark }: Unsealed, context: string): boolean {
  const [expected, given] = [markOf(key, payload, context), mark].map((text) => Buffer.from(text));
  return expected!.length === given!.length && timingSafeEqual(expected!, given!);
}

/** The length first: nothing of the context can be taken for a part of the payload. */
function markOf({ mac }: TokenKey, payload: Buffer, context: string): string {
  return hmac(mac, `${payload.length} ${payload.toString('latin1')}${context}`).slice(0, markLength);
}

/** Counter mode: to encrypt is to decrypt. */
function encrypt({ cipher }: TokenKey, mark: string, octets: Buffer): Buffer {
  const counter = Buffer.alloc(16);
  counter.write(mark, 'base64url');
  return createCipheriv('aes-256-ctr', cipher, counter).update(octets);
}
