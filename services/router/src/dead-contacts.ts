import type { router } from '@tandem/contract';
import { withoutUser } from '@tandem/sip';

/** What is known of the contacts of trunks. */
interface Known {
  isDown(of: { readonly tenant: string; readonly trunk: string }, contact: string): boolean;
}

/**
 * Leaves out the contacts of trunks that do not answer, as long as another place is left: a caller would wait for each. When
 * all are, they are tried all the same.
 */
export function withoutDeadContacts(verdict: router.Verdict, known: Known): router.Verdict {
  const { decision, explanation } = verdict;
  if (decision?.$case !== 'relay') return verdict;
  const dead: string[] = [];
  const groups = decision.value.groups.flatMap((group) => {
    const targets = group.targets.filter((target) => {
      const isDead = isDeadContact(target, known);
      if (isDead) dead.push(`${target.uri} of trunk ${target.identity!.trunk}`);
      return !isDead;
    });
    return targets.length === 0 ? [] : [{ ...group, targets }];
  });
  if (dead.length === 0) return verdict;
  const tried = groups.length > 0;
  const finding = `${dead.join(', ')} ${tried ? 'left out: no answer to OPTIONS' : 'tried, though there was no answer to OPTIONS'}`;
  const value = tried ? { ...decision.value, groups } : decision.value;
  return {
    ...verdict,
    decision: { $case: 'relay', value },
    explanation: [...explanation, { rule: 'trunk', finding }],
  };
}

function isDeadContact({ identity, uri }: router.Target, known: Known): boolean {
  if (identity?.trunk === undefined) return false;
  return known.isDown({ tenant: identity.tenant, trunk: identity.trunk }, withoutUser(uri));
}
