import { setTimeout as delay } from 'node:timers/promises';
import { openDatagram } from '@tandem/datagram';
import type { Bus, Log, Metrics, Tracing } from '@tandem/platform';
import { type Commands, sendOneWays, sendReports, serveCommands } from './commands.ts';
import { Counters } from './counters.ts';
import { observeMedia } from './observe.ts';
import { Placement } from './placement.ts';
import { pairOpener } from './ports.ts';
import { Probes } from './probes.ts';
import { Relay } from './relay.ts';
import { type MediaSnapshot, RelayEngine } from './relay-engine.ts';
import { advertisedHosts, loopbackOf, type MediaSettings } from './settings.ts';

export type { Engine } from './engine.ts';
export * from './faults.ts';
export type { MediaSnapshot } from './relay-engine.ts';
export { type MediaSettings, mediaSettings, type OwnMediaSettings, withOwnSlice } from './settings.ts';

/** What a media worker stands on. */
export interface MediaBackings {
  readonly bus: Bus;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Undefined when nobody wants traces. */
  readonly tracing?: Tracing | undefined;
}

const maxLegs = 65_536;
const tickMs = 1000;

/** Opens the shared ports and serves commands until it is stopped. Rejects with a Fault that names the setting. */
export async function startMedia(
  settings: MediaSettings,
  { bus, log, metrics, tracing }: MediaBackings,
): Promise<RunningMedia> {
  const { region, nodeId: worker, rtpListen, rtpPool } = settings;
  const advertise = advertisedHosts(settings);
  const startedMs = Date.now();
  const now = (): number => performance.now();
  const rows = new Counters(maxLegs);
  const { host } = rtpListen;
  const at = { host, bothFamilies: advertise.length > 1 };
  const probes = new Probes({
    range: rtpListen,
    open: (port, reader) => openDatagram({ ...at, port, reader }),
    now,
  });
  const relay = new Relay(rows, probes);
  const openPair = pairOpener(at, relay, now);
  const placement = new Placement(rtpListen, openPair, rows);
  await placement.openShared(rtpPool, now());
  const engine = new RelayEngine({
    worker,
    advertise,
    loopback: loopbackOf(host),
    firstSession: startedMs,
    placement,
    relay,
    rows,
    now,
  });
  observeMedia(metrics, () => engine.snapshot());
  const commands = serveCommands({ bus, region, worker, engine, log, tracing });
  const reporting = new Set<string>();
  const timer = setInterval(() => {
    const reports = engine.tick().filter(({ session }) => !reporting.has(session));
    for (const { session } of reports) reporting.add(session);
    void sendReports(reports, { bus, region, log }, (session) => engine.acknowledge(session)).finally(() => {
      for (const { session } of reports) reporting.delete(session);
    });
    void sendOneWays(engine.oneWays(), { bus, region, log }, (session) => engine.settled(session));
  }, tickMs);
  return new RunningMedia({ startedMs, engine, commands, placement, probes, timer });
}

/** What a running worker is made of. */
interface MediaParts {
  readonly startedMs: number;
  readonly engine: RelayEngine;
  readonly commands: Commands;
  readonly placement: Placement;
  readonly probes: Probes;
  readonly timer: NodeJS.Timeout;
}

/** Milliseconds between two looks at what keeps a worker that drains. */
const drainInterval = 50;

/** A media worker that is running. */
export class RunningMedia {
  /** To be announced: sessions of this life have numbers from here on, in milliseconds since 1970. */
  readonly startedMs: number;
  readonly #parts: MediaParts;
  #drained: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: MediaParts) {
    this.startedMs = parts.startedMs;
    this.#parts = parts;
  }

  /** Sessions that are open, to be told with every beat. */
  get load(): number {
    return this.#parts.engine.size;
  }

  /** What parties are told from now on to send media to: as many families as before. */
  advertise(hosts: readonly string[]): void {
    this.#parts.engine.advertise(hosts);
  }

  /** Sends back what comes with a token: for a doctor. */
  get probes(): Pick<Probes, 'begin' | 'seen'> {
    return this.#parts.probes;
  }

  snapshot(): MediaSnapshot {
    return this.#parts.engine.snapshot();
  }

  /** Takes no more sessions, yet serves those that are open; resolves when the edges have moved them all away. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Cuts what is in progress. */
  async stop(): Promise<void> {
    const { commands, placement, probes, timer } = this.#parts;
    this.#isStopped = true;
    clearInterval(timer);
    commands.stop();
    await probes.close();
    await placement.close();
  }

  async #drain(): Promise<void> {
    this.#parts.commands.drain();
    while (this.load > 0 && !this.#isStopped) await delay(drainInterval, undefined, { ref: false });
  }
}
