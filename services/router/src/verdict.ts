import type { router } from '@tandem/contract';
import type { Trunk, User } from '@tandem/resource';
import { reasonPhrase } from '@tandem/sip';
import type { Refusal } from './refusal.ts';

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
  { kind, rule, detail, headers = [] }: Refusal,
  steps: readonly router.Step[],
  who?: User | Trunk,
): router.Verdict {
  const { status, code } = kind;
  const value = { status, reason: reasonPhrase(status), fault: code, headers: [...headers] };
  return verdict(request, { $case: 'reject', value }, [...steps, { rule, finding: detail }], who);
}
