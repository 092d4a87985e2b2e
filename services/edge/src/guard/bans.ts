import { type Log, PerSecond } from '@tandem/platform';
import { formatAddressBlock, type IpAddress, maskAddress, parseAddressBlock } from '@tandem/sip';
import type { Ban, BanPolicy } from './ban.ts';
import type { BanAnswer, Banned, BanOrder } from './ban-exchange.ts';
import { BanList } from './ban-list.ts';

const maxBans = 10_000;
/** Milliseconds for which it is known that a ban was lifted, so that an older one does not come back. */
const liftedMs = 600_000;
const expireEvery = 10_000;
const maxSeconds = 365 * 86_400;
/** Who scans from everywhere must not fill the disk. */
const linesPerSecond = 20;

export interface BansParts {
  readonly node: string;
  /** Seconds that a ban lasts which nobody ordered; 0: there are none. */
  readonly seconds: number;
  readonly log: Log;
  readonly now: () => number;
  /** Tells the other edges. */
  readonly tell: (bans: readonly Ban[]) => void;
  /** Whether a user has just proven itself here from such an address. */
  readonly isVouchedFor: (address: IpAddress) => boolean;
}

/** Who is banned, on this edge as on all others. */
export class Bans implements Banned {
  /** Bans that were decided here. */
  readonly decided: Record<BanPolicy, number> = {
    ...{ scanner: 0, credentials: 0, strangers: 0, malformed: 0, operator: 0 },
  };
  readonly #parts: BansParts;
  readonly #list = new BanList(maxBans);
  readonly #lines = new PerSecond(linesPerSecond);
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: BansParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#list.expire(this.#parts.now()), expireEvery);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How many are in force. */
  get size(): number {
    return this.#list.size;
  }

  has(address: IpAddress): boolean {
    return this.#list.find(address, this.#parts.now()) !== undefined;
  }

  /** Bans a source after so many signals: an address of IPv4, or the /64 of IPv6, of which whoever has one has all. */
  ban(address: IpAddress, policy: BanPolicy, count: number, detail: string): void {
    const { seconds } = this.#parts;
    const bits = typeof address === 'number' ? 32 : 64;
    const source = formatAddressBlock({ network: maskAddress(address, bits), bits });
    if (seconds > 0) this.#decide({ source, policy, count, detail }, seconds);
  }

  all(): Iterable<Ban> {
    return this.#list.all();
  }

  /** Where users have just proven themselves here the suspicion of another edge counts less. */
  learn(bans: readonly Ban[]): void {
    const now = this.#parts.now();
    for (const ban of bans) if (ban.lifted || !this.#isVouchedFor(ban)) this.#list.take(ban, now);
  }

  order(order: BanOrder): BanAnswer {
    return 'lift' in order ? this.#lift(order.lift) : this.#banByHand(order.ban, order.seconds);
  }

  #decide(what: Pick<Ban, 'source' | 'policy' | 'count' | 'detail'>, seconds: number): Ban | undefined {
    const now = this.#parts.now();
    const moments = { sinceMs: now, untilMs: now + seconds * 1_000, changedMs: now };
    const ban = { ...what, node: this.#parts.node, ...moments };
    if (!this.#list.take(ban, now)) return undefined;
    this.decided[what.policy]++;
    if (this.#lines.take(now)) this.#parts.log.warn({ ...what, seconds }, 'a source was banned');
    this.#parts.tell([ban]);
    return ban;
  }

  #banByHand(text: string, seconds: number): BanAnswer {
    const block = parseAddressBlock(text);
    if (!block)
      return { refused: `${JSON.stringify(text)} is no address, and no network such as 192.0.2.0/24` };
    if (!(seconds >= 1 && seconds <= maxSeconds))
      return { refused: `${seconds} s is not from 1 s to a year` };
    const what = { source: formatAddressBlock(block), policy: 'operator', count: 0, detail: '' } as const;
    const ban = this.#decide(what, seconds);
    return ban ? { ban } : { refused: 'there is no room for another ban that ends so soon' };
  }

  #lift(text: string): BanAnswer {
    const block = parseAddressBlock(text);
    const source = block ? formatAddressBlock(block) : text;
    const known = this.#list.get(source);
    if (!known || known.lifted) return { refused: `${source} is not banned` };
    const { log, node, now, tell } = this.#parts;
    const changedMs = now();
    const untilMs = Math.max(known.untilMs, changedMs + liftedMs);
    const ban = { ...known, node, untilMs, changedMs, lifted: true };
    this.#list.take(ban, changedMs);
    log.warn({ source }, 'a ban was lifted');
    tell([ban]);
    return { ban };
  }

  #isVouchedFor({ policy, source }: Ban): boolean {
    const block = policy === 'operator' ? undefined : parseAddressBlock(source);
    return block !== undefined && this.#parts.isVouchedFor(block.network);
  }
}
