import { type HmacKey, hmac } from '@tandem/sip';

/**
 * The token in the Contact of a trunk's registration: nobody but its registrar is told, so that who calls it speaks for
 * the trunk. The same for as long as the cluster has its secret.
 */
export function lineToken(key: HmacKey, tenant: string, trunk: string): string {
  return hmac(key, `${tenant}/${trunk}`).slice(0, 22);
}
