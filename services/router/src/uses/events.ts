import { hash } from 'node:crypto';
import { event } from '@tandem/contract';
import { type Location, type LocationEvent, partsOfAor } from '@tandem/location';
import { type Bus, subjectToken } from '@tandem/platform';

/** Where events go, and what they say of their origin. */
export interface EventOrigin {
  readonly bus: Bus;
  readonly region: string;
  readonly node: string;
}

/** Publishes each change of a binding on `tandem.<region>.registration.<tenant>.<change>`; returns what stops that. */
export function publishRegistrations(location: Location, { bus, region, node }: EventOrigin): () => void {
  return location.subscribe((change) => {
    const { tenant, user } = partsOfAor(change.aor);
    const { contact } = change.binding;
    const value = { user, change: change.change, contact, contacts: change.contacts };
    const kind = { $case: 'registrationChanged', value } as const;
    const id = idOf(change);
    const octets = event.Event.encode({ id, atMs: change.at, node, tenant, kind, traceId: '' }).finish();
    bus.publish(`tandem.${region}.registration.${subjectToken(tenant)}.${change.change}`, octets, {
      key: id,
    });
  });
}

/** The same when two nodes tell of the same change. */
function idOf({ aor, change, binding }: LocationEvent): string {
  const { contact, callId, cseq, expiresAt } = binding;
  return hash('sha256', JSON.stringify([aor, change, contact, callId, cseq, expiresAt]), 'base64url').slice(
    0,
    22,
  );
}
