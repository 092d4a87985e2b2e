import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isWildcard, type Log } from '@tandem/platform';
import { addressFor, parseNamedAddresses } from '../named-address.ts';
import { hostPort } from './flow.ts';
import type { Listener } from './listener.ts';
import type { Sockets } from './sockets.ts';

/** Milliseconds between two looks at the addresses of this machine. */
const interval = 200;

/** The listeners of an edge that are there from its start on, and those that come and go with an address. */
export interface ListenerPlan {
  readonly fixed: readonly Listener[];
  /** Those that stand for all addresses get a socket for each. */
  readonly moving: readonly Listener[];
}

/**
 * Where to listen when all edges share an address. A virtual IP is another address of the machine that has it: what is
 * sent from there has to leave from it, and a UDP socket for all addresses leaves that to the system.
 */
export function planListeners(own: readonly Listener[], shared: string | undefined): ListenerPlan {
  const named = (shared === undefined ? undefined : parseNamedAddresses(shared)) ?? [];
  if (named.every(({ host }) => isIP(host) === 0)) return { fixed: own, moving: [] };
  const [everywhere, fixed] = partition(
    own,
    ({ transport, host }) => transport === 'udp' && isWildcard(host),
  );
  const floating = own
    .flatMap((listener) => {
      const found = addressFor(named, listener);
      if (!found || isIP(found.host) === 0) return [];
      return [{ ...listener, host: found.host, port: found.port ?? listener.port, floating: true }];
    })
    .filter((listener) => !fixed.some((each) => covers(each, listener)));
  return { fixed, moving: [...unique(floating), ...everywhere] };
}

/** Opens the moving listeners when their address arrives, and closes them when it goes. */
export class FloatingListeners {
  readonly #moving: readonly Listener[];
  readonly #sockets: Sockets;
  readonly #log: Log;
  readonly #open = new Map<string, Listener>();
  /** Listeners that could not be opened, and why: said once. */
  readonly #refused = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(moving: readonly Listener[], sockets: Sockets, log: Log) {
    this.#moving = moving;
    this.#sockets = sockets;
    this.#log = log;
  }

  /**
   * Opens those whose address is there, and looks for the others from now on. Rejects when one of this machine's own
   * cannot be opened; one that floats may be another edge's that runs here, too, and is tried again.
   */
  async start(): Promise<void> {
    if (this.#moving.length === 0) return;
    for (const listener of this.#wanted()) {
      if (listener.floating) await this.#arrived(nameOf(listener), listener);
      else await this.#add(listener);
    }
    this.#timer = setInterval(() => {
      this.#work = this.#work.then(() => this.#look());
    }, interval);
  }

  /** What sockets are yet to be opened for. */
  get moving(): readonly Listener[] {
    return this.#moving;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
  }

  async #look(): Promise<void> {
    const wanted = new Map(this.#wanted().map((listener) => [nameOf(listener), listener]));
    for (const [name, listener] of this.#open) {
      if (!wanted.has(name)) await this.#remove(name, listener);
    }
    for (const [name, listener] of wanted) {
      if (!this.#open.has(name)) await this.#arrived(name, listener);
    }
  }

  async #add(listener: Listener): Promise<void> {
    await this.#sockets.add(listener);
    this.#open.set(nameOf(listener), listener);
  }

  async #arrived(name: string, listener: Listener): Promise<void> {
    try {
      await this.#add(listener);
      this.#refused.delete(name);
      this.#log.info({ listener: name }, 'an address is here: listening');
    } catch (error) {
      this.#refuse(name, error instanceof Error ? error.message : String(error));
    }
  }

  async #remove(name: string, listener: Listener): Promise<void> {
    this.#open.delete(name);
    this.#log.info({ listener: name }, 'an address is gone: closed');
    await this.#sockets.remove(listener);
  }

  #refuse(name: string, message: string): void {
    if (this.#refused.get(name) === message) return;
    this.#refused.set(name, message);
    this.#log.warn({ listener: name }, message);
  }

  #wanted(): Listener[] {
    const present = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    // An address of one link only cannot be bound without naming the link.
    const addresses = present.filter(({ scopeid }) => !scopeid).map(({ address }) => address);
    const all = this.#moving.flatMap((listener) =>
      addresses.filter((address) => fits(listener, address)).map((host) => ({ ...listener, host })),
    );
    return unique(all);
  }
}

function fits({ host }: Listener, address: string): boolean {
  return isWildcard(host) ? isIPv6(host) === isIPv6(address) : host === address;
}

function covers(listener: Listener, { transport, host, port }: Listener): boolean {
  const same = listener.transport === transport && listener.port === port;
  return same && (listener.host === host || isWildcard(listener.host));
}

/** The first of each address: what floats stands before what stands for all. */
function unique(listeners: readonly Listener[]): Listener[] {
  const byName = new Map<string, Listener>();
  for (const listener of listeners) {
    const name = nameOf(listener);
    if (!byName.has(name)) byName.set(name, listener);
  }
  return [...byName.values()];
}

function nameOf({ transport, host, port }: Listener): string {
  return `${transport}://${hostPort(host, port)}`;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
