import type { router } from '@tandem/contract';
import { aorOf, type Binding } from '@tandem/location';
import type { Snapshot } from '@tandem/resource';
import { findCallee } from './callee.ts';
import { refuseEvent, refuseNotify } from './event-package.ts';
import type { Question } from './question.ts';
import { relayElsewhere, relayToUser } from './relay.ts';
import { rejection } from './verdict.ts';

/** Bindings by address of record, as the store has them. */
export type Bindings = ReadonlyMap<string, readonly Binding[]>;

/** The addresses of record whose bindings the decision takes. */
export function wanted(snapshot: Snapshot, { request, caller }: Question): string[] {
  const callee = findCallee(snapshot, request, caller.user);
  return callee.is === 'user' ? [aorOf(callee.user.tenant.name, callee.user.name)] : [];
}

/** Where a request goes, and why: always the same for the same configuration, bindings, question and time. */
export function route(
  snapshot: Snapshot,
  bindings: Bindings,
  question: Question,
  now: number,
): router.Verdict {
  const { request, caller } = question;
  const refused = refuseEvent(request);
  if (refused) return rejection(request, refused, caller.steps, caller.user);
  const callee = findCallee(snapshot, request, caller.user);
  const steps = [...caller.steps, ...callee.steps];
  switch (callee.is) {
    case 'refused':
      return rejection(request, callee.refusal, steps, caller.user);
    case 'elsewhere':
      return relayElsewhere(question, steps);
    case 'user': {
      const foreign = refuseNotify(question, callee.user.tenant.name);
      if (foreign) return rejection(request, foreign, steps, caller.user);
      const stored = bindings.get(aorOf(callee.user.tenant.name, callee.user.name)) ?? [];
      const live = stored.filter(({ expiresAt }) => expiresAt > now);
      return relayToUser(question, callee.user, live, steps);
    }
  }
}
