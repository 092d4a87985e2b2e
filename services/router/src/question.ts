import type { router } from '@tandem/contract';
import type { Trunk, User } from '@tandem/resource';
import type { Gruu } from './gruu.ts';
import type { Proven, ProvenTrunk } from './identity.ts';

/** A request, and who has proven to send it. */
export interface Question {
  readonly request: router.Request;
  readonly caller: Proven | ProvenTrunk;
  /** The one phone that is meant, when the Request-URI names one. */
  readonly gruu?: Gruu | undefined;
  /** Every route is looked at and told of, though one has the call already. */
  readonly isExplained?: boolean;
}

export function partyOf({ caller }: Question): User | Trunk {
  return caller.is === 'trunk' ? caller.trunk : caller.user;
}
