import { randomBytes } from 'node:crypto';
import { type Redis, type Script, script, Turns } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { Binding } from './binding.ts';
import type { BindingChange } from './change.ts';
import { registrationContended } from './faults.ts';
import type { RecentRegistrations } from './recent.ts';
import type { LocationIndex } from './redis-index.ts';
import {
  bindingsOf,
  type Fields,
  fieldsOf,
  nothingStored,
  pairOf,
  type Rewrite,
  readStored,
  rewrite,
  type Stored,
} from './stored.ts';

/** What becomes of bindings; undefined to leave them. */
export type Edit = (bindings: Binding[]) => Edited | undefined;

interface Edited {
  readonly bindings: readonly Binding[];
  readonly changes: readonly BindingChange[];
  /** The bindings are others, though there is nothing to tell. */
  readonly isChanged?: boolean;
}

export interface EditResult {
  /** What is there now. */
  readonly stored: Stored;
  readonly changes: readonly BindingChange[];
}

// KEYS: the hash. ARGV: version expected, version to be, milliseconds to live, how many fields go, those, then fields
// and values. Nothing when done, else the hash.
const write: Script = script(`
if (redis.call('HGET', KEYS[1], 'v') or '') ~= ARGV[1] then return redis.call('HGETALL', KEYS[1]) end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
  return nil
end
local first = 5 + tonumber(ARGV[4])
if first > 5 then redis.call('HDEL', KEYS[1], unpack(ARGV, 5, first - 1)) end
redis.call('HSET', KEYS[1], 'v', ARGV[2], unpack(ARGV, first))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return nil`);

const attempts = 12;
/** A hash outlives its last binding, so that somebody can tell of the end. */
const afterlifeMs = 300_000;

/**
 * The bindings of each address of record in Redis: a hash with a field for each binding, and one for the version of
 * them all. A change is computed here, from what this process saw last, and is written if the version is still the
 * same; else it is computed again from what is there.
 */
export class Registrations {
  readonly #redis: Redis;
  readonly #index: LocationIndex;
  readonly #recent: RecentRegistrations;
  readonly #turns = new Turns();
  /** With a number it makes versions that nobody else makes. */
  readonly #maker: string = randomBytes(6).toString('base64url');
  #versions = 0;

  constructor(redis: Redis, index: LocationIndex, recent: RecentRegistrations) {
    this.#redis = redis;
    this.#index = index;
    this.#recent = recent;
  }

  async read(operation: string, aor: string): Promise<Fields> {
    return (await this.#redis.command(operation, keyOf(aor), ['HGETALL', keyOf(aor)])) as Fields;
  }

  /** Begins with what this process saw last: right for what comes through the same router each time. */
  edit(aor: string, edit: Edit, now: number): Promise<EditResult> {
    return this.#turns.take(aor, () => {
      const seen = this.#recent.get(aor);
      return this.#edit(aor, seen ? readStored(seen) : nothingStored, false, edit, now);
    });
  }

  /** Begins with what is there. */
  editStored(aor: string, edit: Edit, now: number): Promise<EditResult> {
    return this.#turns.take(aor, async () => this.#edit(aor, await this.#look(aor), true, edit, now));
  }

  async #edit(aor: string, begin: Stored, isCertain: boolean, edit: Edit, now: number): Promise<EditResult> {
    let [stored, certain] = [begin, isCertain];
    for (let attempt = 0; attempt < attempts; attempt++) {
      const edited = edit(bindingsOf(stored));
      const changes = edited?.changes ?? [];
      const isChanged = edited?.isChanged ?? changes.length > 0;
      // A refusal counts only when it is one of what is really there.
      if (certain && !isChanged) return { stored, changes };
      const written = edited && isChanged ? await this.#write(aor, stored, edited.bindings, now) : {};
      if (written.next) return { stored: written.next, changes };
      stored = written.actual ?? (await this.#look(aor));
      certain = true;
    }
    throw new Fault(registrationContended, `${aor}: ${attempts} attempts`);
  }

  async #look(aor: string): Promise<Stored> {
    return readStored(await this.read('update', aor));
  }

  /** What is there then: as wanted, or as somebody else has made it. */
  async #write(
    aor: string,
    seen: Stored,
    bindings: readonly Binding[],
    now: number,
  ): Promise<{ readonly next?: Stored; readonly actual?: Stored }> {
    const earliest = Math.ceil(Math.min(...bindings.map(({ expiresAt }) => expiresAt)));
    const enters = earliest < seen.due || seen.due <= now;
    const change = rewrite(seen, bindings, enters ? earliest : seen.due, this.#version());
    const keptMs = Math.ceil(Math.max(...bindings.map(({ expiresAt }) => expiresAt)) - now) + afterlifeMs;
    // Sent before the hash is. If it fails alone, the next refresh makes up for it.
    const entering = this.#enter(aor, seen, change, enters, now, keptMs);
    const [written, entered] = await Promise.allSettled([this.#send(aor, seen, change, keptMs), entering]);
    if (written.status === 'rejected') throw written.reason;
    if (written.value) return { actual: written.value };
    this.#recent.set(aor, fieldsOf(change.next), now);
    if (entered.status === 'rejected') this.#recent.delete(aor);
    return { next: change.next };
  }

  async #send(aor: string, seen: Stored, change: Rewrite, keptMs: number): Promise<Stored | undefined> {
    const { next, removed, added } = change;
    const life = next.version === '' ? 0 : keptMs;
    const args = [seen.version, next.version, life, removed.length, ...removed, ...added.flatMap(pairOf)];
    const actual = await this.#redis.run('update', write, [keyOf(aor)], args);
    return actual === null ? undefined : readStored(actual as Fields);
  }

  /** A refresh over the same flow is in the index already. */
  async #enter(
    aor: string,
    seen: Stored,
    { next, added }: Rewrite,
    enters: boolean,
    now: number,
    keptMs: number,
  ): Promise<void> {
    if (next.version === '') return;
    const known = enters ? [] : seen.slots.map(({ binding }) => flowNameOf(binding));
    const flows = (enters ? next.slots : added)
      .map(({ binding }) => binding)
      .filter((binding) => binding.flow.connection !== 0 && !known.includes(flowNameOf(binding)));
    await Promise.all([
      enters && this.#index.enter(aor, next.due, now, keptMs),
      ...flows.map(({ flow }) => this.#index.enterFlow(flow, aor, keptMs)),
    ]);
  }

  #version(): string {
    return `${this.#maker}${(this.#versions++).toString(36)}`;
  }
}

function keyOf(aor: string): string {
  return `loc:{${aor}}`;
}

function flowNameOf({ flow }: Binding): string {
  return `${flow.connection} ${flow.edge}`;
}
