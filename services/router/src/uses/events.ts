import { type Location, type LocationEvent, partsOfAor } from '@tandem/location';
import { digest, type EventOrigin, publishEvent, subjectToken } from '@tandem/platform';

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

/** The same when two nodes tell of the same change. */
function idOf({ aor, change, binding }: LocationEvent): string {
  const { contact, callId, cseq, expiresAt } = binding;
  return digest(JSON.stringify([aor, change, contact, callId, cseq, expiresAt]));
}
