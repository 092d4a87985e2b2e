import type { router } from '@tandem/contract';
import type { Binding } from '@tandem/location';
import type { User } from '@tandem/resource';
import { identityOf } from './verdict.ts';

/** Contacts of equal preference ring together, the preferred ones first (RFC 3261 §16.6). */
export function groupByPreference(
  user: User,
  bindings: readonly Binding[],
  ringTimeout: number,
): router.Group[] {
  const groups = new Map<number, router.Target[]>();
  const sorted = oneFlowEach(bindings).sort((a, b) => b.q - a.q);
  for (const binding of sorted) {
    const targets = groups.get(binding.q) ?? [];
    groups.set(binding.q, targets);
    targets.push(targetOf(user, binding));
  }
  return Array.from(groups.values(), (targets) => ({ targets, ringTimeout }));
}

/** RFC 5626 §5.3: of the flows of one instance only one may be tried; the one that was refreshed last. */
function oneFlowEach(bindings: readonly Binding[]): Binding[] {
  const newest = new Map<string, Binding>();
  for (const binding of bindings) {
    const key = binding.regId === undefined ? binding.contact : `instance ${binding.instance}`;
    const known = newest.get(key);
    if (!known || known.updatedAt < binding.updatedAt) newest.set(key, binding);
  }
  return [...newest.values()];
}

function targetOf(user: User, { contact, path, flow }: Binding): router.Target {
  return { uri: contact, route: [...path], flow: { ...flow }, identity: identityOf(user) };
}
