import type { router } from '@tandem/contract';
import { aorOf, type Binding } from '@tandem/location';
import { homeRealm, type Snapshot, type User } from '@tandem/resource';
import { escapeUser, parseUri, sameUri } from '@tandem/sip';
import { nameIn } from './claim.ts';
import { servedDomain } from './domain.ts';
import { userNotRegistered, userUnknown } from './faults.ts';
import type { Gruu } from './gruu.ts';
import { refusal } from './refusal.ts';
import { groupByPreference } from './target.ts';
import { rejection, verdict } from './verdict.ts';

/** One phone of a user: the one that a GRUU names, or that has registered a contact. */
export interface Sought {
  readonly owner: User;
  readonly names: (binding: Binding) => boolean;
}

/** Which phone a request of a dialog is for; undefined when nobody has it. */
export function soughtBy(
  snapshot: Snapshot,
  { ownHosts, requestUri, vouched }: router.Request,
  gruu: Gruu | undefined,
): Sought | undefined {
  const owner = gruu
    ? ownerOf(snapshot, ownHosts, gruu)
    : vouched && snapshot.user(vouched.tenant, vouched.user);
  if (!owner) return undefined;
  return { owner, names: gruu?.names ?? (({ contact }) => sameUri(contact, requestUri)) };
}

function ownerOf(snapshot: Snapshot, ownHosts: readonly string[], { aor }: Gruu): User | undefined {
  const uri = parseUri(aor);
  if (!uri || uri.scheme === 'tel') return undefined;
  const tenant = servedDomain(snapshot, uri.host, ownHosts)?.tenant;
  return tenant && snapshot.user(tenant.name, nameIn(uri) ?? '');
}

/** Says where the phone of a dialog is now: nothing but the way to it. */
export async function whereabouts(
  request: router.Request,
  sought: Sought | undefined,
  lookup: (aors: readonly string[]) => Promise<ReadonlyMap<string, readonly Binding[]>>,
): Promise<router.Verdict> {
  if (!sought) return rejection(request, refusal(userUnknown, 'number', request.requestUri), []);
  const { owner, names } = sought;
  const aor = aorOf(owner.tenant.name, owner.name);
  const named = ((await lookup([aor])).get(aor) ?? []).filter(names);
  const [group] = groupByPreference(owner, named, { ringTimeout: owner.tenant.ringTimeout, edits: [] });
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
    callerCodecs: [],
    tags: {},
    responseHeaders: [],
  };
  return verdict(request, { $case: 'relay', value }, steps);
}
