import type { event } from '@tandem/contract';
import { type Bus, type EventOrigin, publishEvent, subjectToken, traceIdOf } from '@tandem/platform';

type Kind = Extract<NonNullable<event.Event['kind']>, { $case: `call${string}` }>;

/** The last token of the subject, by kind. */
const names: Record<Kind['$case'], string> = {
  callStarted: 'started',
  callRinging: 'ringing',
  callAnswered: 'answered',
  callEnded: 'ended',
  callRefused: 'refused',
  callDegraded: 'degraded',
};

/** Stands for a tenant that is not known: none can have this name. */
const nobody = '~';

/** Somebody within the edge who wants to know as well. */
export interface EventWatcher {
  told(tenant: string, kind: Kind): void;
}

/** Publishes what happens to calls, on `tandem.<region>.call.<tenant>.<event>`. */
export class CallEvents {
  readonly #origin: EventOrigin;
  readonly #watchers: readonly EventWatcher[];

  constructor(bus: Bus, region: string, node: string, watchers: readonly EventWatcher[] = []) {
    this.#origin = { bus, region, node };
    this.#watchers = watchers;
  }

  /**
   * `key` makes the event the same when two nodes publish it: the call's id, or the leg's. `settled` is called when it is
   * sure to be kept, or was given up.
   */
  publish(tenant: string, key: string, atMs: number, kind: Kind, settled?: () => void): void {
    for (const watcher of this.#watchers) watcher.told(tenant, kind);
    const name = names[kind.$case];
    const subject = `call.${tenant === '' ? nobody : subjectToken(tenant)}.${name}`;
    const traceId = traceIdOf(kind.value.call);
    publishEvent(this.#origin, { subject, id: `${key}/${name}`, atMs, tenant, kind, traceId }, settled);
  }
}
