import { hkdfSync } from 'node:crypto';
import type { Secret } from '@tandem/resource';

/** What a key is for; a key of one purpose says nothing about that of another. */
export type KeyPurpose = 'token' | 'nonce' | 'doctor' | 'router' | 'line';

/** Characters of a cluster secret at least. */
export const minSecretLength: number = 32;

/** A key of 32 octets for one purpose (RFC 5869); the same on every node that has the secret. */
export function derive(secret: Secret, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret.reveal(), 'tandem', `${purpose}/1`, 32));
}
