import { event } from '@tandem/contract';
import { type Bus, subjectToken, traceIdOf } from '@tandem/platform';

type Kind = Extract<NonNullable<event.Event['kind']>, { $case: `call${string}` }>;

/** The last token of the subject, by kind. */
const names: Record<Kind['$case'], string> = {
  callStarted: 'started',
  callRinging: 'ringing',
  callAnswered: 'answered',
  callEnded: 'ended',
};

/** Somebody within the edge who wants to know as well. */
export interface EventWatcher {
  told(tenant: string, kind: Kind): void;
}

/** Publishes what happens to calls, on `tandem.<region>.call.<tenant>.<event>`. */
export class CallEvents {
  readonly #bus: Bus;
  readonly #region: string;
  readonly #node: string;
  readonly #watchers: readonly EventWatcher[];

  constructor(bus: Bus, region: string, node: string, watchers: readonly EventWatcher[] = []) {
    this.#bus = bus;
    this.#region = region;
    this.#node = node;
    this.#watchers = watchers;
  }

  /** `key` makes the event the same when two nodes publish it: the call's id, or the leg's. */
  publish(tenant: string, key: string, atMs: number, kind: Kind): void {
    for (const watcher of this.#watchers) watcher.told(tenant, kind);
    const name = names[kind.$case];
    const id = `${key}/${name}`;
    const octets = event.Event.encode({
      id,
      atMs,
      node: this.#node,
      tenant,
      kind,
      traceId: traceIdOf(kind.value.call),
    }).finish();
    this.#bus.publish(`tandem.${this.#region}.call.${subjectToken(tenant)}.${name}`, octets, { key: id });
  }
}
