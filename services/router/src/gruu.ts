import { randomBytes } from 'node:crypto';
import type { Binding } from '@tandem/location';
import { isProven, OctetReader, seal, shortText, type TokenKey, unseal } from '@tandem/platform';
import type { User } from '@tandem/resource';
import { escapeUser, hmac, parseUri, type SipUri } from '@tandem/sip';

/** What a globally routable user agent URI names (RFC 5627): one phone of a user, whichever contacts it has by now. */
export interface Gruu {
  /** The same request for the address of record. */
  readonly aor: string;
  readonly temporary: boolean;
  readonly names: (binding: Binding) => boolean;
}

/** A URI that names an instance for as long as it has its name (RFC 5627 §3.1.1); undefined when it cannot be written. */
export function publicGruu(user: User, host: string, instance: string): string | undefined {
  const name = instance.slice(1, -1);
  if (!/^[\x21-\x7e]+$/.test(name)) return undefined;
  return `sip:${escapeUser(user.name)}@${host};gr=${encodeURIComponent(name).replaceAll('%3A', ':')}`;
}

const prefix = 'tgruu.';
const context = 'gruu 1';
/** Octets that make each one different from the others, and that stand for what it is about. */
const sizes = { nonce: 6, digest: 9 };

/**
 * A URI that says nothing of who it names, valid until the phone registers with another Call-ID (RFC 5627 §3.1.2). All
 * that it means is sealed in it, so that nothing is kept.
 */
export function temporaryGruu(key: TokenKey, user: User, host: string, binding: Binding): string {
  const payload = Buffer.concat([
    randomBytes(sizes.nonce),
    registrationOf(key, binding),
    shortText(user.name),
  ]);
  return `sip:${prefix}${seal(key, payload, context)}@${host};gr`;
}

/** The GRUU that a Request-URI is; undefined when it is none, or was not made here. */
export function readGruu(key: TokenKey, requestUri: string): Gruu | undefined {
  if (!requestUri.includes(';gr')) return undefined;
  const uri = parseUri(requestUri);
  if (!uri || uri.scheme === 'tel') return undefined;
  const name = uri.params.get('gr');
  if (name === undefined) return undefined;
  if (name === '') return readTemporary(key, uri);
  return { aor: requestUri, temporary: false, names: ({ instance }) => instance === `<${name}>` };
}

function readTemporary(key: TokenKey, uri: SipUri): Gruu | undefined {
  if (!uri.user?.startsWith(prefix)) return undefined;
  const unsealed = unseal(key, uri.user.slice(prefix.length));
  if (!unsealed || !isProven(key, unsealed, context)) return undefined;
  const reader = new OctetReader(unsealed.payload.subarray(sizes.nonce));
  const registration = reader.take(sizes.digest);
  const aor = `${uri.scheme}:${escapeUser(reader.shortText())}@${uri.host}`;
  return { aor, temporary: true, names: (binding) => registrationOf(key, binding).equals(registration) };
}

/** Stands for an instance as registered with one Call-ID. */
function registrationOf({ mac }: TokenKey, { instance = '', callId }: Binding): Buffer {
  return Buffer.from(hmac(mac, `${instance}\0${callId}`), 'base64url').subarray(0, sizes.digest);
}
