import { bareHost, Fault } from '@tandem/sip';
import { ErrorReply } from 'redis';
import { redisUnavailable } from '../faults.ts';
import { formatHostPort, type HostPort } from '../settings/address.ts';
import type { Reply } from './connection.ts';
import { Link } from './link.ts';
import type { Route, RouteOptions } from './route.ts';
import { slotCount, slotOf } from './slot.ts';

const maxRedirections = 4;
const lookAgainMs = 250;

/** The nodes of a Redis Cluster; each key is asked of the master that has its slot. */
export class ClusterRoute implements Route {
  readonly opened: Promise<void>;
  readonly #options: RouteOptions;
  /** By address. Those of the URL stay, so that the cluster is found again when all others have moved. */
  readonly #links = new Map<string, Link>();
  readonly #seeds: ReadonlySet<string>;
  /** The address of the master of each slot. */
  #masters: (string | undefined)[] = new Array(slotCount);
  #names: ReadonlySet<string | undefined> = new Set([undefined]);
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: RouteOptions) {
    const { addresses } = options.servers;
    this.#options = options;
    this.#seeds = new Set(addresses.map(formatHostPort));
    this.opened = this.#open(addresses.map((address) => this.#link(address)));
  }

  get connected(): boolean {
    return [...this.#names].every((name) => name !== undefined && this.#links.get(name)?.connected);
  }

  async send(key: string, args: readonly string[]): Promise<Reply> {
    let link = this.#masterOf(slotOf(key));
    for (let asking = false, left = maxRedirections; ; left--) {
      try {
        return await this.#ask(link, args, asking);
      } catch (error) {
        const moved = left > 0 && error instanceof ErrorReply ? this.#redirection(error.message) : undefined;
        if (!moved) throw error;
        ({ link, asking } = moved);
        await link.opened;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.all([...this.#links.values()].map((link) => link.close()));
    await this.#looking;
  }

  /** The nodes behind the first answer are waited for as well. */
  async #open(seeds: readonly Link[]): Promise<void> {
    await this.#firstOf(seeds);
    await this.#look();
    await Promise.all([...this.#links.values()].map(({ opened }) => opened));
  }

  async #firstOf(seeds: readonly Link[]): Promise<void> {
    const connected = async (link: Link) => {
      await link.opened;
      if (!link.connected) throw new Error('not reached');
    };
    await Promise.any(seeds.map(connected)).catch(() => undefined);
  }

  #masterOf(slot: number): Link {
    const name = this.#masters[slot];
    const link = name === undefined ? undefined : this.#links.get(name);
    if (link) return link;
    void this.#look();
    throw new Fault(redisUnavailable, `no node has slot ${slot}`);
  }

  /** Both are written at once, so nothing comes between them. */
  async #ask(link: Link, args: readonly string[], asking: boolean): Promise<Reply> {
    const [, reply] = await Promise.all([asking ? link.send(['ASKING']) : '', link.send(args)]);
    return reply;
  }

  #redirection(message: string): { link: Link; asking: boolean } | undefined {
    const [, kind, slot, where = ''] = /^(MOVED|ASK) (\d+) (\S+)/.exec(message) ?? [];
    if (message.startsWith('READONLY') || message.startsWith('CLUSTERDOWN')) void this.#look();
    const colon = where.lastIndexOf(':');
    if (colon <= 0) return undefined;
    const address = { host: where.slice(0, colon), port: Number(where.slice(colon + 1)) };
    const link = this.#link(address);
    if (kind === 'MOVED') {
      this.#masters[Number(slot)] = formatHostPort(address);
      void this.#look();
    }
    return { link, asking: kind === 'ASK' };
  }

  #link(address: HostPort): Link {
    const name = formatHostPort(address);
    const known = this.#links.get(name);
    if (known) return known;
    const { servers, deadlineMs, onState } = this.#options;
    const told = (gone?: Fault) => {
      if (gone) void this.#look();
      onState(gone);
    };
    const link = new Link({
      address: async () => address,
      access: servers.access,
      deadlineMs,
      onState: told,
    });
    this.#links.set(name, link);
    return link;
  }

  /** Learns who has which slot; again after a while, as long as a master is missing. */
  #look(): Promise<void> {
    this.#looking ??= this.#learn().finally(() => {
      this.#looking = undefined;
      clearTimeout(this.#timer);
      if (!this.connected && !this.#closed) this.#timer = setTimeout(() => void this.#look(), lookAgainMs);
    });
    return this.#looking;
  }

  async #learn(): Promise<void> {
    for (const [name, link] of this.#links) {
      if (this.#closed || !link.connected) continue;
      const slots = await link.send(['CLUSTER', 'SLOTS']).catch(() => undefined);
      if (!slots) continue;
      this.#take(slots as readonly (readonly Reply[])[], name);
      return;
    }
  }

  #take(slots: readonly (readonly Reply[])[], answerer: string): void {
    const masters: (string | undefined)[] = new Array(slotCount);
    for (const [from, to, master] of slots) {
      const [host, port] = master as readonly [string | null, number];
      // A node that does not know its own address is where it was asked.
      const address = { host: host && host !== '?' ? host : hostOf(answerer), port };
      masters.fill(formatHostPort(address), from as number, (to as number) + 1);
      if (!this.#closed) this.#link(address);
    }
    this.#masters = masters;
    this.#names = new Set(masters);
    for (const [name, link] of this.#links) {
      if (this.#names.has(name) || this.#seeds.has(name)) continue;
      this.#links.delete(name);
      void link.close();
    }
  }
}

function hostOf(name: string): string {
  return bareHost(name.slice(0, name.lastIndexOf(':')));
}
