import type { Bus, Log, Metrics } from '@tandem/platform';
import { type Commands, publishReports, serveCommands } from './commands.ts';
import { Counters } from './counters.ts';
import { observeMedia } from './observe.ts';
import { Placement } from './placement.ts';
import { pairOpener } from './ports.ts';
import { Relay } from './relay.ts';
import { type MediaSnapshot, RelayEngine } from './relay-engine.ts';
import { advertisedHost, loopbackOf, type MediaSettings } from './settings.ts';

export type { Engine } from './engine.ts';
export * from './faults.ts';
export type { MediaSnapshot } from './relay-engine.ts';
export { type MediaSettings, mediaSettings, type OwnMediaSettings } from './settings.ts';

/** What a media worker stands on. */
export interface MediaBackings {
  readonly bus: Bus;
  readonly log: Log;
  readonly metrics: Metrics;
}

const maxLegs = 65_536;
const tickMs = 1000;

/** Opens the shared ports and serves commands until it is stopped. Rejects with a Fault that names the setting. */
export async function startMedia(
  settings: MediaSettings,
  { bus, log, metrics }: MediaBackings,
): Promise<RunningMedia> {
  const { region, nodeId: worker, rtpListen, rtpPool } = settings;
  const advertise = advertisedHost(settings);
  const now = (): number => performance.now();
  const rows = new Counters(maxLegs);
  const relay = new Relay(rows);
  const openPair = pairOpener(rtpListen.host, relay, now);
  const placement = new Placement(rtpListen, openPair, rows);
  await placement.openShared(rtpPool, now());
  const engine = new RelayEngine({
    worker,
    advertise,
    loopback: loopbackOf(rtpListen.host),
    firstSession: Date.now(),
    placement,
    relay,
    rows,
    now,
  });
  observeMedia(metrics, () => engine.snapshot());
  const commands = serveCommands({ bus, region, worker, engine, log });
  const timer = setInterval(() => publishReports(engine.tick(), { bus, region, log }), tickMs);
  return new RunningMedia(engine, commands, placement, timer);
}

/** A media worker that is running. */
export class RunningMedia {
  readonly #engine: RelayEngine;
  readonly #commands: Commands;
  readonly #placement: Placement;
  readonly #timer: NodeJS.Timeout;

  constructor(engine: RelayEngine, commands: Commands, placement: Placement, timer: NodeJS.Timeout) {
    this.#engine = engine;
    this.#commands = commands;
    this.#placement = placement;
    this.#timer = timer;
  }

  snapshot(): MediaSnapshot {
    return this.#engine.snapshot();
  }

  /** Takes no more sessions, yet serves those that are open. */
  drain(): void {
    this.#commands.drain();
  }

  /** Cuts what is in progress. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#commands.stop();
    await this.#placement.close();
  }
}
