import type { router } from '@tandem/contract';
import { aorOf, type Binding } from '@tandem/location';
import type { Snapshot, User } from '@tandem/resource';
import { type Callee, findCallee } from './callee.ts';
import { findDestination } from './inbound.ts';
import { partyOf, type Question } from './question.ts';
import { relayElsewhere, relayToTrunks, relayToUser } from './relay.ts';
import { rejection } from './verdict.ts';

/** Bindings by address of record, as the store has them. */
export type Bindings = ReadonlyMap<string, readonly Binding[]>;

/** The addresses of record whose bindings the decision takes. */
export function wanted(snapshot: Snapshot, question: Question): string[] {
  const callee = calleeOf(snapshot, question);
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
  const callee = calleeOf(snapshot, question);
  const steps = [...caller.steps, ...callee.steps];
  switch (callee.is) {
    case 'refused':
      return rejection(request, callee.refusal, steps, partyOf(question));
    case 'elsewhere':
      return relayElsewhere(question, callee.caller, steps);
    case 'outside':
      return relayToTrunks(question, callee.caller, callee, steps);
    case 'user':
      return relayToUser(question, callee.user, live(bindings, callee.user, now), steps);
  }
}

/** Who calls from outside reaches numbers only; users call each other, and whom routes lead to. */
function calleeOf(snapshot: Snapshot, { request, caller }: Question): Callee {
  return caller.is === 'trunk'
    ? findDestination(snapshot, request, caller.trunk)
    : findCallee(snapshot, request, caller.user);
}

function live(bindings: Bindings, { name, tenant }: User, now: number): Binding[] {
  const stored = bindings.get(aorOf(tenant.name, name)) ?? [];
  return stored.filter(({ expiresAt }) => expiresAt > now);
}
