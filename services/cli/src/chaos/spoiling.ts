import { setTimeout as delay } from 'node:timers/promises';
import type { Fate } from '../phone/phone.ts';
import { chance } from './chance.ts';

/** What befalls the RTP that phones send, in shares of its packets. */
export interface Harm {
  /** What chance goes by, packet by packet. */
  readonly seed: string;
  readonly lost: number;
  /** So many are held up, most often until after the next one. */
  readonly late: number;
  /** The longest that one is held up, in ms. */
  readonly lateMs: number;
  readonly twice: number;
}

/** Packets that were kept from leaving, and that left once more than they should. */
export interface Spoiled {
  readonly withheld: number;
  readonly repeated: number;
}

const onTime: readonly number[] = [0];

/** As bad as a line may be on which most of each second is clean. */
export function harmOf(seed: number, nth: number): Harm {
  const between = (what: string, least: number, most: number): number =>
    least + Math.round(chance(seed, 'spoil', nth, what) * (most - least));
  return {
    seed: `${seed} ${nth}`,
    lost: between('lost', 2, 6) / 100,
    late: between('late', 5, 20) / 100,
    lateMs: between('ms', 25, 60),
    twice: between('twice', 1, 3) / 100,
  };
}

/** A bad line between phones and the system: what a network does to packets, done where they leave. */
export class Spoiling {
  #harm: Harm | undefined;
  #packets = 0;
  #withheld = 0;
  #repeated = 0;

  /** Of the next packet of any phone. */
  readonly fate: Fate = () => {
    if (!this.#harm) return onTime;
    const delays = fateOf(this.#harm, this.#packets++);
    if (delays.length === 0) this.#withheld++;
    if (delays.length > 1) this.#repeated++;
    return delays;
  };

  /** Spoils for `ms`, or until the signal. */
  async spoil(harm: Harm, ms: number, signal: AbortSignal): Promise<Spoiled> {
    this.#harm = harm;
    [this.#packets, this.#withheld, this.#repeated] = [0, 0, 0];
    await delay(ms, undefined, { signal }).catch(() => undefined);
    this.#harm = undefined;
    return { withheld: this.#withheld, repeated: this.#repeated };
  }
}

function fateOf({ seed, lost, late, lateMs, twice }: Harm, packet: number): readonly number[] {
  const by = (what: string): number => chance(seed, packet, what);
  if (by('lost') < lost) return [];
  const first = by('late') < late ? Math.ceil(by('ms') * lateMs) : 0;
  return by('twice') < twice ? [first, first] : [first];
}
