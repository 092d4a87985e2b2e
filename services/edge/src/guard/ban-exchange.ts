import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, type BusMessage, type Log, type Subscription, subjectToken } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import type { Members } from '../uses/workers.ts';
import { type Ban, readBan } from './ban.ts';

/** What the exchange is between. */
export interface ExchangeParts {
  readonly bus: Bus;
  readonly region: string;
  readonly node: string;
  /** The other edges; alone when undefined. */
  readonly membership: Members | undefined;
  readonly log: Log;
}

/** Who keeps the bans. */
export interface Banned {
  /** All that are known, lifted ones included. */
  all(): Iterable<Ban>;
  /** Takes what another edge knows. */
  learn(bans: readonly Ban[]): void;
  /** Carries out what an operator asks for at whichever node. */
  order(order: BanOrder): BanAnswer;
}

/** What an operator wants: to ban a source for some seconds, or to lift its ban. */
export type BanOrder = { readonly ban: string; readonly seconds: number } | { readonly lift: string };

/** What came of it; `refused` says why nothing did. */
export type BanAnswer = { readonly ban: Ban } | { readonly refused: string };

/** A part of all bans. */
export interface BanPage {
  /** By source, ascending. */
  readonly bans: readonly Ban[];
  /** The source after which the next page begins; absent on the last. */
  readonly next?: string | undefined;
}

/** Bans in one message. */
const pageSize = 1_000;
/** Milliseconds for an answer, and between two attempts to hear of the bans of another edge. */
const deadline = 2_000;
const attempts = 5;

/** Where edges tell each other of bans, and where any of them is asked. */
function banSubjects(region: string): {
  readonly told: string;
  readonly asked: string;
  readonly orders: string;
} {
  const edges = `tandem.${region}.edges.bans`;
  return { told: `${edges}.told`, asked: `${edges}.list`, orders: `${edges}.order` };
}

/**
 * Keeps the bans of all edges the same: each tells the others of every change at once. One that comes, or that was
 * cut off, asks another one for all; whatever order they learn in, the later change of a source holds.
 */
export class BanExchange {
  readonly #parts: ExchangeParts;
  readonly #banned: Banned;
  readonly #stops: (() => void)[] = [];
  readonly #learning = new Set<string>();
  #closed = false;

  constructor(parts: ExchangeParts, banned: Banned) {
    this.#parts = parts;
    this.#banned = banned;
  }

  start(): void {
    const { bus, membership, region } = this.#parts;
    const { told, asked, orders } = banSubjects(region);
    const serve = (message: BusMessage): void => message.respond(write(this.#page(read<PageQuery>(message))));
    this.#stop(bus.subscribe(told, (message) => this.#banned.learn(readAll(message))));
    this.#stop(bus.subscribe(this.#own(this.#parts.node), serve));
    this.#stop(bus.subscribe(asked, serve, { queue: 'edges' }));
    const order = (message: BusMessage): void => message.respond(write(this.#banned.order(read(message))));
    this.#stop(bus.subscribe(orders, order, { queue: 'edges' }));
    this.#stops.push(bus.onConnection((connected) => connected && this.#rejoin()));
    const joined = membership?.onChange(({ change, member }) => {
      if (change === 'joined' && member.tier === 'edge') this.#learnFrom(member.id);
    });
    if (joined) this.#stops.push(joined);
    for (const id of this.#others()) this.#learnFrom(id);
  }

  /** Tells the others. */
  tell(bans: readonly Ban[]): void {
    const { bus, log, region } = this.#parts;
    try {
      bus.publish(banSubjects(region).told, write(bans));
    } catch (err) {
      log.warn({ err }, 'other edges were not told of a ban');
    }
  }

  stop(): void {
    this.#closed = true;
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** What was banned meanwhile is told, and asked for. */
  #rejoin(): void {
    const own = [...this.#banned.all()].filter(({ node }) => node === this.#parts.node);
    for (let at = 0; at < own.length; at += pageSize) this.tell(own.slice(at, at + pageSize));
    const [other] = this.#others();
    if (other !== undefined) this.#learnFrom(other);
  }

  #learnFrom(edge: string): void {
    if (edge === this.#parts.node || this.#learning.has(edge)) return;
    this.#learning.add(edge);
    this.#learn(edge)
      .catch((err: unknown) => this.#parts.log.warn({ err, edge }, 'the bans of another edge are not known'))
      .finally(() => this.#learning.delete(edge));
  }

  async #learn(edge: string): Promise<void> {
    let after: string | undefined = '';
    while (after !== undefined && !this.#closed) {
      const page: BanPage = await this.#ask(edge, after);
      this.#banned.learn(readable(page.bans));
      after = page.next;
    }
  }

  /** One that has only just said that it is there may not listen yet. */
  async #ask(edge: string, after: string): Promise<BanPage> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await askPage(this.#parts.bus, this.#own(edge), after);
      } catch (error) {
        if (!(error instanceof Fault) || attempt === attempts || this.#closed) throw error;
        await delay(deadline / 4, undefined, { ref: false });
      }
    }
  }

  #page({ after }: PageQuery): BanPage {
    const later = Array.from(this.#banned.all()).filter(({ source }) => source > after);
    const bans = later.sort((one, other) => (one.source < other.source ? -1 : 1)).slice(0, pageSize);
    return bans.length < later.length ? { bans, next: bans.at(-1)?.source } : { bans };
  }

  #others(): readonly string[] {
    const { membership, node } = this.#parts;
    return (membership?.members('edge') ?? []).map(({ id }) => id).filter((id) => id !== node);
  }

  #own(edge: string): string {
    return `tandem.${this.#parts.region}.edge.${subjectToken(edge)}.bans`;
  }

  #stop(subscription: Subscription): void {
    this.#stops.push(() => subscription.unsubscribe());
  }
}

/** Asks any edge for a part of all bans; rejects with a Fault when there is none. */
export function askBans(bus: Bus, region: string, after: string): Promise<BanPage> {
  return askPage(bus, banSubjects(region).asked, after);
}

/** Has any edge carry out an order; rejects with a Fault when there is none. */
export async function orderBan(bus: Bus, region: string, order: BanOrder): Promise<BanAnswer> {
  const answer = await bus.request(banSubjects(region).orders, write(order), { timeoutMs: deadline });
  return JSON.parse(text(answer)) as BanAnswer;
}

interface PageQuery {
  readonly after: string;
}

async function askPage(bus: Bus, subject: string, after: string): Promise<BanPage> {
  const answer = await bus.request(subject, write({ after } satisfies PageQuery), { timeoutMs: deadline });
  return JSON.parse(text(answer)) as BanPage;
}

function write(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function text(payload: Uint8Array): string {
  return Buffer.from(payload).toString();
}

function read<T>({ payload }: BusMessage): T {
  return JSON.parse(text(payload)) as T;
}

function readAll(message: BusMessage): readonly Ban[] {
  return readable(read<readonly Ban[]>(message));
}

function readable(bans: readonly Ban[]): readonly Ban[] {
  return bans.map(readBan).filter((ban) => ban !== undefined);
}
