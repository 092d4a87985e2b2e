import { setTimeout as delay } from 'node:timers/promises';
import type { Binding, Location } from '@tandem/location';
import type { Log } from '@tandem/platform';
import type { Listener } from '../socket/listener.ts';
import type { Sockets } from '../socket/sockets.ts';
import type { KeepAlive } from './keep-alive.ts';

/** What phones are found by that another edge has kept alive, or this one in its life before. */
export interface TakeoverParts {
  readonly keepAlive: Pick<KeepAlive, 'keep'>;
  readonly location: Pick<Location, 'list'>;
  readonly sockets: Pick<Sockets, 'listeners'>;
  /** This edge's node id. */
  readonly node: string;
  readonly log: Log;
  readonly now: () => number;
}

/** Milliseconds between two looks at the addresses that move between edges. */
const interval = 1_000;
/** Addresses of record that are read at a time, and the milliseconds of rest between two such reads. */
const page = { size: 1_000, rest: 20 };

/** Goes through the registrations when this edge has begun, and when an address comes to it, for phones to keep alive. */
export class Takeover {
  readonly #parts: TakeoverParts;
  readonly #stop = new AbortController();
  #floating: readonly Listener[] = [];
  #isDue = true;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: TakeoverParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (this.#look() || this.#isDue) this.#isDue = !(await this.#adopt());
      await delay(interval, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Whether an address has come. One that was away for a moment has a listener of its own again. */
  #look(): boolean {
    const here = this.#parts.sockets.listeners.filter(({ floating }) => floating);
    const before = this.#floating;
    this.#floating = here;
    return here.some((listener) => !before.includes(listener));
  }

  /** Whether all were seen; a store that is away is asked again. */
  async #adopt(): Promise<boolean> {
    const { location, log, now } = this.#parts;
    const { signal } = this.#stop;
    try {
      let cursor: string | undefined;
      do {
        const found = await location.list({ limit: page.size, cursor }, now());
        for (const { aor, bindings } of found.registrations) this.#keep(aor, bindings);
        ({ cursor } = found);
        await delay(page.rest, undefined, { ref: false });
      } while (cursor !== undefined && !signal.aborted);
      return true;
    } catch (err) {
      log.debug({ err }, 'registrations could not be looked through for phones to keep alive');
      return false;
    }
  }

  #keep(aor: string, bindings: readonly Binding[]): void {
    for (const { contact, flow, keepAlive, expiresAt } of bindings) {
      const { host, port, localPort, localHost, edge } = flow;
      if (keepAlive === undefined || flow.transport !== 'udp') continue;
      const isHere = this.#floating.some((listener) => listener.host === localHost);
      if (localHost === undefined ? edge !== this.#parts.node : !isHere) continue;
      const way = { host, port, localPort, ...(localHost !== undefined && { localHost }) };
      this.#parts.keepAlive.keep({ flow: way, aor, contact, interval: keepAlive, until: expiresAt });
    }
  }
}
