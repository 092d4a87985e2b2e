import { applyRegistration, type Registration } from './apply.ts';
import type { Binding } from './binding.ts';
import type { BindingChange, RegistrationChange } from './change.ts';
import { DeadlineQueue } from './deadline-queue.ts';
import { FlowIndex } from './flow-index.ts';
import type { ListPage, ListQuery, Location, LocationListener } from './location.ts';
import { packBindings, unpackBindings } from './pack.ts';
import { type Probe, withProbe } from './probe.ts';

/** An address of record in memory. */
interface Entry {
  /** Rises with each new entry, so a page can go on where the one before ended. */
  readonly order: number;
  /** The second in which the entry is looked at. A small integer, for a moment in milliseconds takes an object. */
  due: number;
  packed: string;
}

/** No second: the entry waits nowhere. */
const never = 2 ** 31 - 1;

/** The registration store of one process. Each operation runs to its end before another begins. */
export class MemoryLocation implements Location {
  readonly #entries = new Map<string, Entry>();
  readonly #deadlines = new DeadlineQueue();
  readonly #flows = new FlowIndex();
  readonly #listeners = new Set<LocationListener>();
  readonly #onClose: () => Promise<void>;
  #order = 0;

  constructor(onClose: () => Promise<void> = async () => {}) {
    this.#onClose = onClose;
  }

  async update(aor: string, change: RegistrationChange, now: number): Promise<Registration> {
    const registration = applyRegistration(this.#read(aor), change, now);
    if (!registration.refusal) this.#write(aor, registration.bindings, registration.changes, now);
    return registration;
  }

  async lookup(aors: readonly string[], now: number): Promise<ReadonlyMap<string, readonly Binding[]>> {
    const found = new Map<string, readonly Binding[]>();
    for (const aor of aors) {
      const live = this.#live(aor, now);
      if (live.length > 0) found.set(aor, live);
    }
    return found;
  }

  async list({ limit, cursor, tenant }: ListQuery, now: number): Promise<ListPage> {
    const after = Number(cursor ?? -1);
    const registrations: { aor: string; bindings: Binding[] }[] = [];
    let last = after;
    for (const [aor, { order }] of this.#entries) {
      if (order <= after || (tenant !== undefined && !aor.startsWith(`${tenant}/`))) continue;
      const bindings = this.#live(aor, now);
      if (bindings.length === 0) continue;
      if (registrations.length === limit) return { registrations, cursor: String(last) };
      registrations.push({ aor, bindings });
      last = order;
    }
    return { registrations };
  }

  async flowEnded(edge: string, connection: number, now: number): Promise<void> {
    for (const aor of this.#flows.take(edge, connection)) {
      const isGone = ({ flow }: Binding) => flow.edge === edge && flow.connection === connection;
      this.#remove(aor, 'unregistered', isGone, now);
    }
  }

  async edgeEnded(edge: string, before: number, now: number): Promise<void> {
    const isGone = ({ flow }: Binding) =>
      flow.edge === edge && flow.connection !== 0 && flow.connection < before;
    for (const aor of [...this.#entries.keys()]) this.#remove(aor, 'unregistered', isGone, now);
  }

  async probed(aor: string, probe: Probe): Promise<void> {
    const bindings = withProbe(this.#read(aor), probe);
    if (bindings) this.#store(aor, bindings);
  }

  async expire(now: number): Promise<void> {
    for (const aor of this.#deadlines.take(secondOf(now))) {
      this.#remove(aor, 'expired', ({ expiresAt }) => expiresAt <= now, now);
      this.#requeue(aor, now);
    }
  }

  subscribe(listener: LocationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return this.#onClose();
  }

  async count(): Promise<number> {
    return this.size;
  }

  /** How many addresses of record have bindings. */
  get size(): number {
    return this.#entries.size;
  }

  /** Every address of record with its packed bindings, as they are while it is iterated. */
  *packed(): IterableIterator<readonly [aor: string, packed: string]> {
    for (const [aor, { packed }] of this.#entries) yield [aor, packed];
  }

  /** Puts back what was there before a restart; nobody is told. */
  restore(aor: string, bindings: readonly Binding[]): void {
    this.#store(aor, bindings);
  }

  #read(aor: string): Binding[] {
    const entry = this.#entries.get(aor);
    return entry ? unpackBindings(entry.packed) : [];
  }

  #live(aor: string, now: number): Binding[] {
    return this.#read(aor).filter(({ expiresAt }) => expiresAt > now);
  }

  #remove(
    aor: string,
    change: BindingChange['change'],
    isGone: (binding: Binding) => boolean,
    now: number,
  ): void {
    const bindings = this.#read(aor);
    const gone = bindings.filter(isGone);
    if (gone.length === 0) return;
    const left = bindings.filter((binding) => !gone.includes(binding));
    const changes = gone.map((binding) => ({ change, binding }));
    this.#write(aor, left, changes, now);
  }

  #write(aor: string, bindings: readonly Binding[], changes: readonly BindingChange[], at: number): void {
    if (bindings.length === 0) this.#entries.delete(aor);
    else this.#store(aor, bindings);
    for (const change of changes) {
      for (const listener of this.#listeners) listener({ ...change, aor, at, contacts: bindings.length });
    }
  }

  #store(aor: string, bindings: readonly Binding[]): void {
    const packed = packBindings(bindings);
    const known = this.#entries.get(aor);
    const entry = known ?? { order: this.#order++, due: never, packed };
    if (!known) this.#entries.set(aor, entry);
    entry.packed = packed;
    for (const { flow } of bindings) this.#flows.add(flow, aor);
    this.#queue(aor, entry, bindings);
  }

  /** A refresh leaves the entry where it waits: it is looked at too early once, and queued again then. */
  #queue(aor: string, entry: Entry, bindings: readonly Binding[]): void {
    const earliest = secondOf(Math.min(...bindings.map(({ expiresAt }) => expiresAt)));
    if (earliest >= entry.due) return;
    entry.due = earliest;
    this.#deadlines.add(aor, earliest);
  }

  #requeue(aor: string, now: number): void {
    const entry = this.#entries.get(aor);
    // A later due means that the entry waits elsewhere: it had been queued twice.
    if (!entry || entry.due >= secondOf(now)) return;
    entry.due = never;
    this.#queue(aor, entry, unpackBindings(entry.packed));
  }
}

function secondOf(moment: number): number {
  return Math.floor(moment / 1_000);
}
