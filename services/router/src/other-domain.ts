import type { router } from '@tandem/contract';
import { homeRealm, type Tenant } from '@tandem/resource';
import { parseNameAddr, parseUri, quote } from '@tandem/sip';
import { isOwnHost } from './domain.ts';
import { nobody, type Presentation, personal, privacyEdit } from './presentation.ts';

/**
 * How another domain is spoken to for a user, with these edits and those that the wish for privacy makes. It is trusted in
 * nothing; undefined when nothing stands between it and the phone.
 */
export function otherDomain(
  request: router.Request,
  { tenant, privacy, isAnonymous }: Presentation,
  edits: readonly router.HeaderEdit[],
): router.Outside | undefined {
  const withheld = (value: string): boolean => privacy.has(value) && !privacy.has('none');
  const hidden = tenant.hideTopology || withheld('header');
  const from = isAnonymous || withheld('user') ? nobody : publicFrom(request, tenant);
  if (!hidden && from === '') return undefined;
  const more = withheld('user') ? personal.map((name) => ({ name })) : [];
  const all = [...edits, ...more, ...privacyEdit(false, privacy)];
  return { hidden, trusted: false, from, to: '', edits: all, challenges: true };
}

/** From as it came, unless it names the address of an edge: that stands for the first domain of the tenant. */
function publicFrom({ from, ownHosts }: router.Request, tenant: Tenant): string {
  const named = parseNameAddr(from);
  const uri = parseUri(named?.uri ?? '');
  if (!uri || uri.scheme === 'tel' || tenant.domains.length === 0 || !isOwnHost(uri.host, ownHosts))
    return '';
  const display = named?.display === undefined ? '' : `${quote(named.display)} `;
  return `${display}<${uri.scheme}:${uri.user ?? ''}@${homeRealm(tenant)}>`;
}
