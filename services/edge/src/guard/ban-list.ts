import { BlockMap, type IpAddress, parseAddressBlock } from '@tandem/sip';
import type { Ban } from './ban.ts';

/** The bans that an edge knows, so many at most: the one that ends first makes room. */
export class BanList {
  readonly #capacity: number;
  readonly #byBlock = new BlockMap<Ban>();
  /** In the order in which they were last changed. */
  readonly #bySource = new Map<string, Ban>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Bans that are in force. */
  get size(): number {
    return this.#byBlock.size;
  }

  /** The ban that an address is under. */
  find(address: IpAddress, now: number): Ban | undefined {
    const ban = this.#byBlock.find(address);
    return ban && ban.untilMs > now ? ban : undefined;
  }

  get(source: string): Ban | undefined {
    return this.#bySource.get(source);
  }

  /** Takes a ban unless a later change of the same source is known, or it is over; returns whether it did. */
  take(ban: Ban, now: number): boolean {
    const known = this.#bySource.get(ban.source);
    if (ban.untilMs <= now || (known && !isLater(ban, known))) return false;
    if (!known && this.#bySource.size >= this.#capacity) this.#makeRoom(ban, now);
    if (!known && this.#bySource.size >= this.#capacity) return false;
    this.#drop(ban.source);
    this.#bySource.set(ban.source, ban);
    if (!ban.lifted) this.#byBlock.set(parseAddressBlock(ban.source)!, ban);
    return true;
  }

  /** Forgets what is over. */
  expire(now: number): void {
    for (const { source, untilMs } of this.#bySource.values()) if (untilMs <= now) this.#drop(source);
  }

  /** All that is known, lifted bans included. */
  all(): Iterable<Ban> {
    return this.#bySource.values();
  }

  /** Only where there is one that ends before the new one does. */
  #makeRoom(ban: Ban, now: number): void {
    this.expire(now);
    if (this.#bySource.size < this.#capacity) return;
    let first = ban;
    for (const each of this.#bySource.values()) if (each.untilMs < first.untilMs) first = each;
    if (first !== ban) this.#drop(first.source);
  }

  #drop(source: string): void {
    this.#bySource.delete(source);
    this.#byBlock.delete(parseAddressBlock(source)!);
  }
}

/** The same order on every edge. */
function isLater(one: Ban, other: Ban): boolean {
  return one.changedMs === other.changedMs ? one.node > other.node : one.changedMs > other.changedMs;
}
