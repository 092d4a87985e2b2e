import type { IpAddress } from '@tandem/sip';
import { addressKey, prefixKey } from './source-keys.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Sources and places whose rates are kept. */
const sources = 65_536;
const places = 16_384;
/** What all of a place may send, in terms of one source. */
const sourcesPerPlace = 10;
/** Seconds of its rate that a source may send at once. */
const burstSeconds = 10;

/** The rate of each source, and ten times that for all of its place. */
export class SourceRate {
  readonly #bySource: TokenBuckets;
  readonly #byPlace: TokenBuckets;

  constructor(perSecond: number, seed: number) {
    const place = perSecond * sourcesPerPlace;
    this.#bySource = new TokenBuckets(sources, { perSecond, burst: perSecond * burstSeconds }, seed);
    this.#byPlace = new TokenBuckets(places, { perSecond: place, burst: place * burstSeconds }, seed);
  }

  /** False when it is over. What is refused to a source is not taken from its neighbours. */
  take(address: IpAddress, now: number): boolean {
    return this.#bySource.take(addressKey(address), now) && this.#byPlace.take(prefixKey(address), now);
  }
}
