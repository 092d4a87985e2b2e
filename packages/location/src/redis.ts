import type { Redis } from '@tandem/platform';
import { applyRegistration, type Registration } from './apply.ts';
import type { Binding } from './binding.ts';
import type { BindingChange, RegistrationChange } from './change.ts';
import type { ListPage, ListQuery, Location, LocationListener } from './location.ts';
import { type Probe, withProbe } from './probe.ts';
import { RecentRegistrations } from './recent.ts';
import { aorOfFlow, type Claimed, LocationIndex } from './redis-index.ts';
import { LocationListing } from './redis-listing.ts';
import { type EditResult, Registrations } from './registrations.ts';
import { bindingsOf, type Fields, readStored } from './stored.ts';

export interface RedisLocationOptions {
  /** Addresses of record of which this process remembers what it saw last, at some 400 bytes each. */
  readonly capacity?: number;
  /** For how long what was seen is good for a lookup while Redis is away, in milliseconds. */
  readonly usableMs?: number;
}

/** Connections of an edge that have ended, both numbers included. */
interface EndedFlows {
  readonly edge: string;
  readonly from: number;
  readonly to: number;
}

const maxUntold = 10_000;

/** The registration store that all routers share. Listeners hear the changes that this process made. */
export class RedisLocation implements Location {
  readonly #redis: Redis;
  readonly #index: LocationIndex;
  readonly #listing: LocationListing;
  readonly #recent: RecentRegistrations;
  readonly #registrations: Registrations;
  readonly #usableMs: number;
  readonly #listeners = new Set<LocationListener>();
  /** What ended while Redis was away. */
  #untold: EndedFlows[] = [];

  constructor(redis: Redis, { capacity = 250_000, usableMs = 60_000 }: RedisLocationOptions = {}) {
    this.#redis = redis;
    this.#index = new LocationIndex(redis);
    this.#listing = new LocationListing(redis);
    this.#recent = new RecentRegistrations(capacity);
    this.#registrations = new Registrations(redis, this.#index, this.#recent);
    this.#usableMs = usableMs;
  }

  async update(aor: string, change: RegistrationChange, now: number): Promise<Registration> {
    let registration: Registration | undefined;
    const apply = (bindings: Binding[]) => {
      registration = applyRegistration(bindings, change, now);
      return registration.refusal ? undefined : registration;
    };
    this.#tell(aor, await this.#registrations.edit(aor, apply, now), now);
    return registration as unknown as Registration;
  }

  async lookup(aors: readonly string[], now: number): Promise<ReadonlyMap<string, readonly Binding[]>> {
    const all = await Promise.all(aors.map(async (aor) => [aor, await this.#live(aor, now)] as const));
    return new Map(all.filter(([, bindings]) => bindings.length > 0));
  }

  async list({ limit, cursor, tenant }: ListQuery, now: number): Promise<ListPage> {
    const prefix = tenant === undefined ? undefined : `${tenant}/`;
    const { items, ...next } = await this.#listing.page({ limit, cursor, prefix }, (aors) =>
      Promise.all(aors.map((aor) => this.#listed(aor, now))),
    );
    return { registrations: items, ...next };
  }

  flowEnded(edge: string, connection: number, now: number): Promise<void> {
    return this.#flowsEnded({ edge, from: connection, to: connection }, now);
  }

  edgeEnded(edge: string, before: number, now: number): Promise<void> {
    return this.#flowsEnded({ edge, from: 1, to: before - 1 }, now);
  }

  async probed(aor: string, probe: Probe, now: number): Promise<void> {
    const note = (stored: Binding[]) => {
      const bindings = withProbe(stored, probe);
      return bindings && { bindings, changes: [], isChanged: true };
    };
    await this.#registrations.editStored(aor, note, now);
  }

  count(): Promise<number> {
    return this.#index.count();
  }

  /** A bounded part of what is due; the rest has its turn the next time, here or at another router. */
  async expire(now: number): Promise<void> {
    await this.#tellUntold(now);
    const due = await this.#index.claim(now);
    await Promise.all(due.map((claimed) => this.#expire(claimed, now)));
  }

  subscribe(listener: LocationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Leaves the connection to Redis open: it may serve other stores. */
  async close(): Promise<void> {
    this.#listeners.clear();
  }

  async #live(aor: string, now: number): Promise<Binding[]> {
    try {
      const fields = await this.#registrations.read('lookup', aor);
      this.#recent.set(aor, fields, now);
      return liveOf(fields, now);
    } catch (error) {
      const seen = this.#recent.get(aor, now, this.#usableMs);
      if (!seen) throw error;
      this.#redis.substituted('lookup');
      return liveOf(seen, now);
    }
  }

  async #listed(aor: string, now: number): Promise<ListPage['registrations'][number] | undefined> {
    const bindings = liveOf(await this.#registrations.read('list', aor), now);
    return bindings.length === 0 ? undefined : { aor, bindings };
  }

  async #expire(claimed: Claimed, now: number): Promise<void> {
    const left = await this.#remove(claimed.aor, 'expired', ({ expiresAt }) => expiresAt <= now, now);
    const [next] = left.map(({ expiresAt }) => expiresAt).sort((a, b) => a - b);
    await this.#index.settle(claimed, next, now);
  }

  /** While Redis is away the end is remembered, and told when it is back. */
  async #flowsEnded(ended: EndedFlows, now: number): Promise<void> {
    try {
      await this.#endFlows(ended, now);
    } catch (error) {
      if (this.#untold.length >= maxUntold) throw error;
      this.#untold.push(ended);
    }
  }

  async #tellUntold(now: number): Promise<void> {
    if (!this.#redis.connected) return;
    const untold = this.#untold;
    this.#untold = [];
    for (const ended of untold) await this.#flowsEnded(ended, now);
  }

  async #endFlows({ edge, from, to }: EndedFlows, now: number): Promise<void> {
    const isGone = ({ flow }: Binding) =>
      flow.edge === edge && flow.connection >= from && flow.connection <= to;
    for await (const flows of this.#index.flows(edge, from, to)) {
      const aors = [...new Set(flows.entries.map(aorOfFlow))];
      await Promise.all(aors.map((aor) => this.#remove(aor, 'unregistered', isGone, now)));
      await this.#index.forget(flows);
    }
  }

  /** What is left. */
  async #remove(
    aor: string,
    change: BindingChange['change'],
    isGone: (binding: Binding) => boolean,
    now: number,
  ): Promise<readonly Binding[]> {
    const remove = (bindings: Binding[]) => ({
      bindings: bindings.filter((binding) => !isGone(binding)),
      changes: bindings.filter(isGone).map((binding) => ({ change, binding })),
    });
    const result = await this.#registrations.editStored(aor, remove, now);
    this.#tell(aor, result, now);
    return bindingsOf(result.stored);
  }

  #tell(aor: string, { stored, changes }: EditResult, at: number): void {
    const contacts = stored.slots.length;
    for (const change of changes) {
      for (const listener of this.#listeners) listener({ ...change, aor, at, contacts });
    }
  }
}

function liveOf(fields: Fields, now: number): Binding[] {
  return bindingsOf(readStored(fields)).filter(({ expiresAt }) => expiresAt > now);
}
