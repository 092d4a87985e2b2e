import type { router } from '@tandem/contract';

/** Who somebody is, as records and events tell it; empty when that is not proven. */
export function identityText(identity: router.Identity | undefined): string {
  if (identity?.trunk) return `trunk/${identity.trunk}@${identity.tenant}`;
  return identity ? `${identity.user}@${identity.tenant}` : '';
}

/** What `identityText` has written of a user; undefined of anything else. */
export function readUser(text: string): router.Identity | undefined {
  return text.startsWith(trunkPrefix) ? undefined : readIdentity(text);
}

/** What `identityText` has written of somebody. */
export function readIdentity(text: string): router.Identity | undefined {
  const at = text.lastIndexOf('@');
  if (at <= 0) return undefined;
  const [name, tenant] = [text.slice(0, at), text.slice(at + 1)];
  const isTrunk = name.startsWith(trunkPrefix);
  return isTrunk ? { user: '', trunk: name.slice(trunkPrefix.length), tenant } : { user: name, tenant };
}

const trunkPrefix = 'trunk/';
