import type { router } from '@tandem/contract';
import type { Trunk, User } from '@tandem/resource';
import { type FaultKind, reasonPhrase } from '@tandem/sip';
import { type Blamed, blamedOf, type Refusal } from './refusal.ts';

type Decision = NonNullable<router.Verdict['decision']>;

/** A verdict on a request; `who` has proven to ask. */
export function verdict(
  request: router.Request,
  decision: Decision,
  explanation: readonly router.Step[],
  who?: User | Trunk,
): router.Verdict {
  return {
    id: request.id,
    decision,
    explanation: [...explanation],
    configuration: '',
    ...(who && { identity: identityOf(who) }),
  };
}

export function identityOf(who: User | Trunk): router.Identity {
  const { name, tenant } = who;
  return 'identify' in who
    ? { tenant: tenant.name, user: '', trunk: name }
    : { tenant: tenant.name, user: name };
}

/** A refusal as a verdict; its detail is the last step. */
export function rejection(
  request: router.Request,
  { kind, rule, detail, blamed, headers = [] }: Refusal,
  steps: readonly router.Step[],
  who?: User | Trunk,
): router.Verdict {
  const { status, code } = kind;
  const blame = blameOf(kind, blamed ?? asking(request, who));
  const value = { status, reason: reasonPhrase(status), fault: code, headers: [...headers], ...blame };
  return verdict(request, { $case: 'reject', value }, [...steps, { rule, finding: detail }], who);
}

/** Who asks: a user, a trunk, or nobody who is known. */
export function asking({ flow }: router.Request, who?: User | Trunk): Blamed {
  if (!who) return { kind: 'Peer', name: flow?.host ?? '' };
  return blamedOf('identify' in who ? 'Trunk' : 'User', who);
}

/** What is told of a failure for the diagnosis of a call; nothing of what breaks none. */
export function blameOf(fault: FaultKind, blamed: Blamed): { readonly blame?: router.Blame } {
  const { field = '', kind, layer = fault.layer, name, tenant = '' } = blamed;
  if (fault.layer === undefined || layer === undefined) return {};
  return { blame: { layer, kind, tenant, name, field, hint: fault.hint } };
}
