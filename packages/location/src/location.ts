import type { Registration } from './apply.ts';
import type { Binding } from './binding.ts';
import type { BindingChange, RegistrationChange } from './change.ts';
import type { Probe } from './probe.ts';

/** The registration store: which contacts an address of record has. Every operation may fail with a Fault. */
export interface Location {
  /** Applies `applyRegistration` to the bindings of an address of record, as one step. */
  update(aor: string, change: RegistrationChange, now: number): Promise<Registration>;

  /** The bindings of addresses of record; whoever has none is not in the map. Expired ones are never returned. */
  lookup(aors: readonly string[], now: number): Promise<ReadonlyMap<string, readonly Binding[]>>;

  /** A page of all registrations; every one that lasts through the listing is on exactly one page. */
  list(query: ListQuery, now: number): Promise<ListPage>;

  /** How many addresses of record have bindings; some that have just expired may be among them. */
  count(): Promise<number>;

  /** Removes the bindings of a connection: nobody is reached through it any more. */
  flowEnded(edge: string, connection: number, now: number): Promise<void>;

  /**
   * Removes the bindings of all connections of an edge that is gone. Its numbers rise with time: those from `before`
   * on belong to its next life.
   */
  edgeEnded(edge: string, before: number, now: number): Promise<void>;

  /** Notes what an edge has heard of phones of an address of record, or not; nobody is told. */
  probed(aor: string, probe: Probe, now: number): Promise<void>;

  /** Removes what has expired and tells the listeners. Called about once a second. */
  expire(now: number): Promise<void>;

  /** Calls the listener after each change of a binding; returns what stops that. */
  subscribe(listener: LocationListener): () => void;

  /** Writes what has to be written. The store is not used afterwards. */
  close(): Promise<void>;
}

export interface ListQuery {
  /** At most so many addresses of record. */
  readonly limit: number;
  /** What the page before ended with. */
  readonly cursor?: string | undefined;
  /** Only of this tenant. */
  readonly tenant?: string | undefined;
}

export interface ListPage {
  readonly registrations: readonly { readonly aor: string; readonly bindings: readonly Binding[] }[];
  /** Asks for the next page; absent on the last one. */
  readonly cursor?: string;
}

/** One change of one binding. */
export interface LocationEvent extends BindingChange {
  readonly aor: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** How many bindings the address of record has now. */
  readonly contacts: number;
}

export type LocationListener = (event: LocationEvent) => void;
