import type { router } from '@tandem/contract';

/** Who somebody is, as records and events tell it; empty when that is not proven. */
export function identityText(identity: router.Identity | undefined): string {
  if (identity?.trunk) return `trunk/${identity.trunk}@${identity.tenant}`;
  return identity ? `${identity.user}@${identity.tenant}` : '';
}

/** What `identityText` has written of a user; undefined of anything else. */
export function readIdentity(text: string): router.Identity | undefined {
  const at = text.lastIndexOf('@');
  if (at <= 0 || text.startsWith('trunk/')) return undefined;
  return { user: text.slice(0, at), tenant: text.slice(at + 1) };
}
