import type { router } from '@tandem/contract';
import { aorOf, type Binding } from '@tandem/location';
import { homeRealm, type Snapshot, type User } from '@tandem/resource';
import { escapeUser, parseUri } from '@tandem/sip';
import { nameIn } from './claim.ts';
import { servedDomain } from './domain.ts';
import { userNotRegistered, userUnknown } from './faults.ts';
import type { Gruu } from './gruu.ts';
import { refusal } from './refusal.ts';
import { groupByPreference } from './target.ts';
import { rejection, verdict } from './verdict.ts';

/** The user whose phone a GRUU names. */
export function ownerOf(snapshot: Snapshot, { ownHosts }: router.Request, { aor }: Gruu): User | undefined {
  const uri = parseUri(aor);
  if (!uri || uri.scheme === 'tel') return undefined;
  const tenant = servedDomain(snapshot, uri.host, ownHosts)?.tenant;
  return tenant && snapshot.user(tenant.name, nameIn(uri) ?? '');
}

/** Says where the phone of a dialog is now: nothing but the way to it. */
export async function whereabouts(
  request: router.Request,
  { gruu, owner }: { readonly gruu: Gruu | undefined; readonly owner: User | undefined },
  lookup: (aors: readonly string[]) => Promise<ReadonlyMap<string, readonly Binding[]>>,
): Promise<router.Verdict> {
  if (!gruu || !owner) return rejection(request, refusal(userUnknown, 'number', request.requestUri), []);
  const aor = aorOf(owner.tenant.name, owner.name);
  const named = ((await lookup([aor])).get(aor) ?? []).filter(gruu.names);
  const [group] = groupByPreference(owner, named, owner.tenant.ringTimeout);
  const steps = [{ rule: 'number', finding: `a phone of user ${owner.name}` }];
  if (!group)
    return rejection(request, refusal(userNotRegistered, 'bindings', 'it is not registered'), steps);
  const value = {
    groups: [group],
    callee: `sip:${escapeUser(owner.name)}@${homeRealm(owner.tenant)}`,
    tenant: owner.tenant.name,
    media: undefined,
    edits: [],
    limits: [],
  };
  return verdict(request, { $case: 'relay', value }, steps);
}
