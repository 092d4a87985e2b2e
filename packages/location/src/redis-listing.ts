import { type Page, type Redis, type Script, script } from '@tandem/platform';
import { setsIn, slotsOfIndex } from './redis-index.ts';

// KEYS: sets of a slot. ARGV: how many names are enough, what they begin with. How many sets were read, then the
// number of a set and a name, in turns.
const read: Script = script(`
local found, seen, most, prefix = {0}, 0, tonumber(ARGV[1]), ARGV[2]
for set, key in ipairs(KEYS) do
  if #found > most * 2 or seen > 5000 then break end
  for _, name in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    seen = seen + 1
    if string.sub(name, 1, #prefix) == prefix then
      found[#found + 1] = set - 1
      found[#found + 1] = name
    end
  end
  found[1] = set
end
return found`);

/** Where a listing goes on: in a set of a slot, behind a name. */
interface Place {
  readonly slot: number;
  readonly set: number;
  readonly after: string;
}

interface Found {
  /** In order. */
  readonly names: readonly { readonly set: number; readonly name: string }[];
  /** Where the next ones are; absent at the end. */
  readonly next: Place | undefined;
}

export interface LocationQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Only addresses of record that begin so. */
  readonly prefix?: string | undefined;
}

/**
 * The addresses of record of the index: set after set, and by name within a set. Neither changes while an address of
 * record is there, so each that stays is listed once.
 */
export class LocationListing {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** A page of what `look` finds behind the names; it leaves out what is not there. */
  async page<T>(
    { limit, cursor, prefix = '' }: LocationQuery,
    look: (aors: readonly string[]) => Promise<readonly (T | undefined)[]>,
  ): Promise<Page<T>> {
    const items: T[] = [];
    let place: Place | undefined = placeOf(cursor);
    while (place && items.length < limit) {
      const slot: number = place.slot;
      const { names, next }: Found = await this.#names(place, limit - items.length, prefix);
      const taken = names.slice(0, limit - items.length);
      items.push(...(await look(taken.map(({ name }) => name))).filter((item) => item !== undefined));
      const last = taken.at(-1);
      place = last && taken.length < names.length ? { slot, set: last.set, after: last.name } : next;
    }
    return { items, ...(place && { cursor: `${place.slot}:${place.set}:${place.after}` }) };
  }

  async #names({ slot, set, after }: Place, enough: number, prefix: string): Promise<Found> {
    const sets = setsIn(slot);
    const [first = '', ...rest] = sets.slice(set);
    const reply = await this.#redis.run('list', read, [first, ...rest], [enough, prefix]);
    const [count, ...found] = reply as [number, ...(number | string)[]];
    const names = [];
    for (let index = 0; index < found.length; index += 2) {
      names.push({ set: set + (found[index] as number), name: found[index + 1] as string });
    }
    const left = names.filter((each) => each.set > set || each.name > after);
    left.sort((a, b) => a.set - b.set || (a.name < b.name ? -1 : 1));
    return { names: left, next: nextPlace(slot, set + count, sets.length) };
  }
}

function nextPlace(slot: number, set: number, sets: number): Place | undefined {
  if (set < sets) return { slot, set, after: '' };
  return slot + 1 < slotsOfIndex ? { slot: slot + 1, set: 0, after: '' } : undefined;
}

/** One that is not ours begins anew. */
function placeOf(cursor = ''): Place {
  const [, slot = '0', set = '0', after = ''] = /^(\d{1,2}):(\d{1,3}):(.*)$/s.exec(cursor) ?? [];
  const inRange = Number(slot) < slotsOfIndex && Number(set) < setsIn(0).length;
  return inRange ? { slot: Number(slot), set: Number(set), after } : { slot: 0, set: 0, after: '' };
}
