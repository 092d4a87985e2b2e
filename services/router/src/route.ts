import type { router } from '@tandem/contract';
import { aorOf, type Binding } from '@tandem/location';
import type { Snapshot, User } from '@tandem/resource';
import { sameUri } from '@tandem/sip';
import { type Callee, findCallee } from './callee.ts';
import { refuseEvent, refuseNotify } from './event-package.ts';
import { gruuExpired, trunkMethodRefused } from './faults.ts';
import type { Gruu } from './gruu.ts';
import { findDestination } from './inbound.ts';
import { partyOf, type Question } from './question.ts';
import { findReferred } from './referral.ts';
import { type Refusal, refusal } from './refusal.ts';
import { relayElsewhere, relayToTrunks, relayToUser } from './relay.ts';
import { inSeries } from './series.ts';
import { rejection } from './verdict.ts';

/** Bindings by address of record, as the store has them. */
export type Bindings = ReadonlyMap<string, readonly Binding[]>;

/** The addresses of record whose bindings the decision takes. */
export function wanted(callee: Callee): string[] {
  if (callee.is === 'series') return [...new Set(callee.callees.flatMap(wanted))];
  return callee.is === 'user' || callee.is === 'contact'
    ? [aorOf(callee.user.tenant.name, callee.user.name)]
    : [];
}

/** Reaches the phone that a GRUU names, and no other one of its user. */
function relayToPhone(
  question: Question,
  gruu: Gruu,
  user: User,
  live: readonly Binding[],
  steps: readonly router.Step[],
  now: number,
): router.Verdict {
  const named = live.filter(gruu.names);
  if (named.length > 0 || !gruu.temporary) return relayToUser(question, { user }, named, steps, now);
  const over = refusal(gruuExpired, 'bindings', `${user.name} has registered anew since, or not at all`);
  return rejection(question.request, over, steps, partyOf(question));
}

/** Where a request goes, and why: always the same for the same bindings, question, callee and time. */
export function route(bindings: Bindings, question: Question, callee: Callee, now: number): router.Verdict {
  const { request, caller } = question;
  const refused = refuseMethod(question) ?? refuseEvent(request);
  if (refused) return rejection(request, refused, caller.steps, partyOf(question));
  const live = (user: User): Binding[] =>
    (bindings.get(aorOf(user.tenant.name, user.name)) ?? []).filter(({ expiresAt }) => expiresAt > now);
  if (callee.is === 'contact') {
    const named = live(callee.user).filter(({ contact }) => sameUri(contact, request.requestUri));
    const steps = [...caller.steps, ...callee.steps];
    return named.length === 0
      ? relay(question, callee.otherwise, live, now)
      : relayToUser(question, callee, named, steps, now);
  }
  return relay(question, callee, live, now);
}

function relay(
  question: Question,
  callee: Exclude<Callee, { is: 'contact' }>,
  live: (user: User) => readonly Binding[],
  now: number,
): router.Verdict {
  const { request, caller } = question;
  const steps = [...caller.steps, ...callee.steps];
  switch (callee.is) {
    case 'refused':
      return rejection(request, callee.refusal, steps, partyOf(question));
    case 'elsewhere':
      return relayElsewhere(question, callee, steps);
    case 'outside':
      return relayToTrunks(question, callee, steps);
    case 'user': {
      const foreign = refuseNotify(question, callee.user.tenant.name);
      if (foreign) return rejection(request, foreign, steps, partyOf(question));
      const { user } = callee;
      if (!question.gruu) return relayToUser(question, callee, live(user), steps, now);
      return relayToPhone(question, question.gruu, user, live(user), steps, now);
    }
    case 'series': {
      // Each has its own steps; those that led to all of them are told once.
      const alone = { ...question, caller: { ...caller, steps: [] } };
      return inSeries(
        request,
        callee.callees.map((each) => relay(alone, each, live, now)),
        steps,
      );
    }
  }
}

/** A trunk calls numbers and writes to them: nothing else is known to be for anybody here. */
function refuseMethod({ request: { method }, caller }: Question): Refusal | undefined {
  if (caller.is !== 'trunk' || method === 'INVITE' || method === 'MESSAGE') return undefined;
  const detail = `${method} from trunk ${caller.trunk.name}`;
  return { ...refusal(trunkMethodRefused, 'policy', detail), headers: [allowed] };
}

/** RFC 3261 §21.4.6: what a trunk may send instead; the rest of it within its dialogs. */
const allowed: router.HeaderField = {
  name: 'Allow',
  value: 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, MESSAGE',
};

/** Whom a question is about. Who calls from outside reaches numbers only; users call each other, and whom routes lead to. */
export function calleeOf(
  snapshot: Snapshot,
  { request, caller, gruu, isExplained = false }: Question,
  now: number,
): Callee {
  const isOnePhone = gruu !== undefined;
  if (caller.is !== 'trunk')
    return findCallee(snapshot, { request, caller: caller.user, now, isExplained, isOnePhone });
  return request.referrer
    ? findReferred(snapshot, request, caller.trunk, now)
    : findDestination(snapshot, request, caller.trunk, now);
}
