import type { router } from '@tandem/contract';
import type { Binding } from '@tandem/location';
import type { User } from '@tandem/resource';
import { codecsOf } from './codecs.ts';
import { identityOf } from './verdict.ts';

/** Contacts of equal preference ring together, the preferred ones first (RFC 3261 §16.6). */
export function groupByPreference(
  user: User,
  bindings: readonly Binding[],
  { ringTimeout, edits }: { readonly ringTimeout: number; readonly edits: router.HeaderEdit[] },
): router.Group[] {
  const groups = new Map<number, router.Target[]>();
  const sorted = flowsOfPhones(bindings).sort(([a], [b]) => b!.q - a!.q);
  for (const [first, ...others] of sorted) {
    const targets = groups.get(first!.q) ?? [];
    groups.set(first!.q, targets);
    const target = (flow: Binding): router.Target => targetOf(user, flow, edits);
    targets.push({ ...target(first!), alternatives: others.map(target) });
  }
  return Array.from(groups.values(), (targets) => ({ targets, ringTimeout }));
}

/**
 * A phone rings once, however many ways lead to it: its flows are tried one after the other, the one that was
 * refreshed last first (RFC 5626 §6, §7).
 */
function flowsOfPhones(bindings: readonly Binding[]): Binding[][] {
  const phones = new Map<string, Binding[]>();
  for (const binding of bindings.toSorted(byPromise)) {
    const key = binding.instance === undefined ? binding.contact : `instance ${binding.instance}`;
    const flows = phones.get(key) ?? [];
    phones.set(key, flows);
    flows.push(binding);
  }
  // Those of equal preference stand as they registered.
  return [...phones.values()].sort(([a], [b]) => bindings.indexOf(a!) - bindings.indexOf(b!));
}

/** One that answers before one that does not, the newer before the older. */
function byPromise(a: Binding, b: Binding): number {
  const answers = ({ unreachableSince }: Binding): number => (unreachableSince === undefined ? 1 : 0);
  return answers(b) - answers(a) || b.updatedAt - a.updatedAt;
}

function targetOf(user: User, binding: Binding, edits: router.HeaderEdit[]): router.Target {
  const { contact, path, flow, regId, updatedAt, keepAlive = 0 } = binding;
  return {
    uri: contact,
    route: [...path],
    flow: { ...flow },
    identity: identityOf(user),
    alternatives: [],
    flowOnly: regId !== undefined,
    boundMs: updatedAt,
    keepAlive,
    follows: user.followRedirects ?? user.tenant.followRedirects,
    codecs: codecsOf(user),
    edits,
  };
}
