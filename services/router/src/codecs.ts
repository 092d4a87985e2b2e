import type { router } from '@tandem/contract';
import type { Trunk, User } from '@tandem/resource';

/** The codecs that a party may use; none means any. */
export function codecsOf(party: User | Trunk): string[] {
  const { codecs = [] } = 'endpoint' in party ? party.endpoint : party;
  return [...codecs];
}

/** Whose codecs are not left to the parties; no step where all are. */
export function describeCodecs({ callerCodecs, groups }: router.Relay): router.Step[] {
  const targets = groups.flatMap((group) => group.targets);
  const limited = targets.filter(({ codecs }) => codecs.length > 0);
  const lists = new Set(
    limited.map(({ codecs, identity }) => `${nameOf(identity)} takes ${codecs.join(' ')}`),
  );
  const all =
    callerCodecs.length === 0 ? [...lists] : [`the caller takes ${callerCodecs.join(' ')}`, ...lists];
  return all.length === 0 ? [] : [{ rule: 'policy', finding: `codecs: ${all.join(', ')}` }];
}

function nameOf(identity: router.Identity | undefined): string {
  return identity?.trunk === undefined ? `user ${identity?.user}` : `trunk ${identity.trunk}`;
}
