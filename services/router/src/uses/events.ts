import type { router } from '@tandem/contract';
import { type Location, type LocationEvent, partsOfAor } from '@tandem/location';
import { digest, type EventOrigin, type Log, PerSecond, publishEvent, subjectToken } from '@tandem/platform';
import type { Unmatched } from '../callee.ts';

/** Publishes each change of a binding on `tandem.<region>.registration.<tenant>.<change>`; returns what stops that. */
export function publishRegistrations(location: Location, origin: EventOrigin): () => void {
  return location.subscribe((change) => {
    const { tenant, user } = partsOfAor(change.aor);
    const { contact } = change.binding;
    const value = { user, change: change.change, contact, contacts: change.contacts };
    const kind = { $case: 'registrationChanged', value } as const;
    const subject = `registration.${subjectToken(tenant)}.${change.change}`;
    publishEvent(origin, { subject, id: idOf(change), atMs: change.at, tenant, kind });
  });
}

/** Numbers that are told of in a second: what a trunk calls is its own choice. */
const unmatchedPerSecond = 20;

/** What publishes each number that a trunk calls and nobody has, on `tandem.<region>.call.<tenant>.unmatched`. */
export function unmatchedPublisher(
  origin: EventOrigin & { readonly now: () => number; readonly log: Log },
): (number: Unmatched, request: router.Request) => void {
  const told = new PerSecond(unmatchedPerSecond);
  return ({ trunk, ...number }, { callId: sipCallId, key }) => {
    const atMs = origin.now();
    if (!told.take(atMs)) return;
    const tenant = trunk.tenant.name;
    const kind = { $case: 'numberUnmatched', value: { ...number, trunk: trunk.name, sipCallId } } as const;
    const subject = `call.${subjectToken(tenant)}.unmatched`;
    try {
      publishEvent(origin, { subject, id: `${key || digest(sipCallId)}/unmatched`, atMs, tenant, kind });
    } catch (err) {
      origin.log.debug({ err }, 'nobody was told of a number that nobody has');
    }
  };
}

/** The same when two nodes tell of the same change. */
function idOf({ aor, change, binding }: LocationEvent): string {
  const { contact, callId, cseq, expiresAt } = binding;
  return digest(JSON.stringify([aor, change, contact, callId, cseq, expiresAt]));
}
