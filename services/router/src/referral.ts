import type { router } from '@tandem/contract';
import { homeRealm, type Snapshot, type Trunk, type User } from '@tandem/resource';
import { type Callee, findCallee } from './callee.ts';
import { referralForeign } from './faults.ts';
import type { Question } from './question.ts';
import { type Refusal, refusal } from './refusal.ts';

/** A REFER, as the call that its sender could make: who may not call there sends nobody there either. */
export function asCall(snapshot: Snapshot, request: router.Request): Question | Refusal {
  const user = referrerOf(snapshot, request);
  if (!user) return foreign(request, 'nobody here has sent it');
  const { tenant, name } = user;
  const steps = [{ rule: 'identity', finding: `${name} of ${tenant.name} transfers a call` }];
  const realm = { name: homeRealm(tenant), tenant, finding: '' };
  // No place is taken for a call that somebody else may make.
  return { request: { ...request, method: 'INVITE', key: '' }, caller: { is: 'proven', user, realm, steps } };
}

/** Whom a trunk calls that a user has sent there: somebody whom that user may call, and here alone. */
export function findReferred(snapshot: Snapshot, request: router.Request, trunk: Trunk, now: number): Callee {
  const user = referrerOf(snapshot, request);
  if (!user || user.tenant !== trunk.tenant || request.referrer?.trunk !== trunk.name) {
    return refused(request, `trunk ${trunk.name} was not sent there`);
  }
  const callee = findCallee(snapshot, { request, caller: user, now, isExplained: false, isOnePhone: false });
  if (callee.is === 'user' || callee.is === 'refused') return callee;
  const elsewhere = refused(request, `${request.requestUri} is not here`);
  return callee.is === 'contact' ? { ...callee, otherwise: elsewhere } : elsewhere;
}

function referrerOf(snapshot: Snapshot, { referrer }: router.Request): User | undefined {
  const user = referrer && snapshot.user(referrer.tenant, referrer.user);
  return user?.enabled ? user : undefined;
}

function refused(request: router.Request, detail: string): Extract<Callee, { is: 'refused' }> {
  return { is: 'refused', refusal: foreign(request, detail), steps: [] };
}

function foreign({ referrer }: router.Request, detail: string): Refusal {
  return refusal(referralForeign, 'number', `${detail}, for ${referrer?.user ?? 'nobody'}`);
}
