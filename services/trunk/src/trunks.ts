import type { trunk as contract } from '@tandem/contract';
import { type Lease, type Leases, type Member, type Membership, rendezvous } from '@tandem/platform';
import type { Snapshot, Trunk } from '@tandem/resource';
import { type KeeperParts, TrunkKeeper } from './keeper.ts';
import type { Sighting, TrunkState } from './state.ts';

/** What decides who keeps which trunk. */
export interface TrunksParts extends KeeperParts {
  readonly snapshot: () => Snapshot;
  readonly leases: Leases;
  readonly membership: Pick<Membership, 'members'>;
}

/** A trunk of this node. */
interface Owned {
  readonly lease: Lease;
  readonly keeper: TrunkKeeper;
}

/** Milliseconds between two looks at who is to have what, and between two attempts to own what another node has. */
const settleMs = 500;

/** The trunks that this node looks after: those that rendezvous hashing gives it, once nobody else has their lease. */
export class Trunks {
  readonly #parts: TrunksParts;
  readonly #owned = new Map<string, Owned>();
  /** Those that are being taken or given up. */
  readonly #busy = new Set<string>();
  #settledAt = 0;
  #version: string | undefined;
  #isDraining = false;

  constructor(parts: TrunksParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#owned.size;
  }

  get states(): TrunkState[] {
    return Array.from(this.#owned.values(), ({ keeper }) => keeper.state);
  }

  /** Does what is due. */
  tick(): void {
    const now = this.#parts.now();
    const snapshot = this.#parts.snapshot();
    const wanted = new Map(Array.from(snapshot.trunks(), (trunk) => [nameOf(trunk), trunk]));
    if (snapshot.version !== this.#version) this.#configure(wanted);
    this.#version = snapshot.version;
    if (now - this.#settledAt >= settleMs) this.#settleAll(wanted, now);
    for (const { keeper } of this.#owned.values()) keeper.tick();
  }

  /** Looks at each part of a trunk that this node has, `tenant/name`; undefined when it has not. */
  async check(name: string): Promise<contract.Step[] | undefined> {
    return this.#owned.get(name)?.keeper.check(this.#parts.snapshot());
  }

  /** Something has come from a trunk, or to the Contact that has this token, or from an address that may be a trunk's. */
  sighted({ line, trunk, ...sighting }: Sighting & { readonly trunk: string; readonly line: string }): void {
    const all = Array.from(this.#owned.values(), ({ keeper }) => keeper);
    const named = this.#owned.get(trunk)?.keeper ?? all.find((each) => each.hasLine(line));
    const keepers = named ? [named] : this.#keepersAt(sighting.source);
    for (const keeper of keepers) keeper.sighted(sighting);
  }

  /** Those whose smallest network an address is in. */
  #keepersAt(source: string): TrunkKeeper[] {
    const [trunks = []] = this.#parts.snapshot().proofs.source(source);
    return trunks.flatMap((trunk) => this.#owned.get(nameOf(trunk))?.keeper ?? []);
  }

  /** Gives all trunks to other nodes. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await Promise.all([...this.#owned.keys()].map((name) => this.#release(name)));
  }

  #configure(wanted: ReadonlyMap<string, Trunk>): void {
    this.#settledAt = 0;
    for (const [name, { keeper }] of this.#owned) {
      const trunk = wanted.get(name);
      if (trunk) keeper.configure(trunk);
      else void this.#release(name, () => keeper.remove());
    }
  }

  #settleAll(wanted: ReadonlyMap<string, Trunk>, now: number): void {
    this.#settledAt = now;
    const members = this.#parts.membership.members('trunk');
    for (const [name, trunk] of wanted) this.#settle(name, trunk, members);
  }

  #settle(name: string, trunk: Trunk, members: readonly Member[]): void {
    if (this.#busy.has(name) || this.#isDraining) return;
    const isOurs = (rendezvous(members, `trunk ${name}`)?.id ?? this.#parts.node) === this.#parts.node;
    const isOwned = this.#owned.has(name);
    if (isOwned && !isOurs) void this.#release(name);
    if (!isOwned && isOurs) void this.#take(name, trunk);
  }

  async #take(name: string, trunk: Trunk): Promise<void> {
    const { leases, log, node } = this.#parts;
    this.#busy.add(name);
    let lease: Lease | undefined;
    try {
      lease = await leases.tryOwn(`trunk/${name}`, node);
      if (!lease) return;
      const keeper = await TrunkKeeper.take(this.#parts, trunk);
      this.#owned.set(name, { lease, keeper });
      lease.lost.addEventListener('abort', () => this.#lost(name, lease!));
      if (lease.lost.aborted) this.#lost(name, lease);
      log.info({ trunk: name }, 'this node looks after a trunk');
    } catch (err) {
      log.warn({ err, trunk: name }, 'a trunk could not be taken yet');
      await lease?.release().catch(() => undefined);
    } finally {
      this.#busy.delete(name);
    }
  }

  #lost(name: string, lease: Lease): void {
    const owned = this.#owned.get(name);
    if (owned?.lease !== lease) return;
    this.#owned.delete(name);
    owned.keeper.close();
  }

  async #release(name: string, before?: () => Promise<void>): Promise<void> {
    const owned = this.#owned.get(name);
    if (!owned) return;
    this.#owned.delete(name);
    this.#busy.add(name);
    try {
      await before?.();
      owned.keeper.close();
      await owned.lease.release();
    } catch (err) {
      this.#parts.log.warn({ err, trunk: name }, 'a trunk was not given up yet');
    } finally {
      this.#busy.delete(name);
    }
  }
}

function nameOf({ name, tenant }: Trunk): string {
  return `${tenant.name}/${name}`;
}
