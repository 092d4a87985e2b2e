import { type Cipheriv, createCipheriv, timingSafeEqual } from 'node:crypto';
import { type HmacKey, hmac, hmacKey } from '@tandem/sip';

/** What tokens are sealed with; the same on all edges. */
export interface TokenKey {
  readonly mac: HmacKey;
  /** AES-256 of single blocks. It is made once: that costs ten times what a token takes. */
  readonly blocks: Cipheriv;
}

export function tokenKey(secret: string | Uint8Array): TokenKey {
  const base = hmacKey(secret);
  const blocks = createCipheriv('aes-256-ecb', Buffer.from(hmac(base, 'cipher'), 'base64url'), null);
  return { mac: hmacKey(hmac(base, 'mac')), blocks: blocks.setAutoPadding(false) };
}

/** Characters of the mark before the payload: 96 bits protect a dialog for as long as it lasts. */
const markLength = 16;
/** Octets of a block of the cipher. */
const blockSize = 16;

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

/** Counter mode (NIST SP 800-38A §6.5): to encrypt is to decrypt. */
function encrypt({ blocks }: TokenKey, mark: string, octets: Buffer): Buffer {
  const counters = Buffer.alloc(Math.ceil(octets.length / blockSize) * blockSize);
  for (let at = 0; at < counters.length; at += blockSize) {
    counters.write(mark, at, 'base64url');
    counters.writeUInt32BE(at / blockSize, at + blockSize - 4);
  }
  const stream = blocks.update(counters);
  const out = Buffer.allocUnsafe(octets.length);
  for (let at = 0; at < out.length; at++) out[at] = octets[at]! ^ stream[at]!;
  return out;
}
