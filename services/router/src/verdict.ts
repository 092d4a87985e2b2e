import type { router } from '@tandem/contract';
import type { User } from '@tandem/resource';
import { reasonPhrase } from '@tandem/sip';
import type { Refusal } from './refusal.ts';

type Decision = NonNullable<router.Verdict['decision']>;

/** A verdict on a request; `user` is who has proven to ask. */
export function verdict(
  request: router.Request,
  decision: Decision,
  explanation: readonly router.Step[],
  user?: User,
): router.Verdict {
  return {
    id: request.id,
    decision,
    explanation: [...explanation],
    configuration: '',
    ...(user && { identity: identityOf(user) }),
  };
}

export function identityOf(user: User): router.Identity {
  return { tenant: user.tenant.name, user: user.name };
}

/** A refusal as a verdict; its detail is the last step. */
export function rejection(
  request: router.Request,
  { kind, rule, detail, headers = [] }: Refusal,
  steps: readonly router.Step[],
  user?: User,
): router.Verdict {
  const { status, code } = kind;
  const value = { status, reason: reasonPhrase(status), fault: code, headers: [...headers] };
  return verdict(request, { $case: 'reject', value }, [...steps, { rule, finding: detail }], user);
}
