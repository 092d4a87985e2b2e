import {
  createLog,
  type HttpServer,
  handleProcessEvents,
  Lifecycle,
  type Log,
  Metrics,
  observeProcess,
  parseSettings,
  startHttp,
} from '@tandem/platform';
import { Command } from 'commander';
import { banner } from '../banner.ts';
import { openDataFolder } from '../data-folder.ts';
import { exitCode, fail } from '../exit.ts';
import { type FirstConfiguration, firstConfiguration } from '../first-configuration.ts';
import { answerDryRun, listCalls, listRegistrations } from '../listings.ts';
import { type UpSettings, upSettings } from '../settings.ts';
import { type System, startSystem } from '../system.ts';
import { addSettings } from './settings-options.ts';

/** `tandem up` */
export function upCommand(): Command {
  const command = new Command('up')
    .description('runs all tiers in this process, on embedded backings')
    .option('--config <folder>', 'the configuration; without it one is made in the data folder');
  addSettings(command, upSettings);
  return command.action(async ({ config, ...flags }: { config?: string } & Record<string, string>) => {
    try {
      await up(parseSettings(upSettings, { flags, env: process.env }), config);
    } catch (error) {
      fail(error, exitCode.usage);
    }
  });
}

async function up(settings: UpSettings, config: string | undefined): Promise<void> {
  const log = createLog({ level: settings.logLevel, node: settings.nodeId, destination: 1 });
  const lifecycle = new Lifecycle(log);
  handleProcessEvents(lifecycle, log);
  try {
    await openDataFolder(settings.data);
    const configuration =
      config === undefined ? await firstConfiguration(settings.data) : { folder: config, made: [] };
    const system = await start(settings, configuration, lifecycle, log);
    lifecycle.running();
    process.stderr.write(banner(settings, configuration, system));
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function start(
  settings: UpSettings,
  { folder }: FirstConfiguration,
  lifecycle: Lifecycle,
  log: Log,
): Promise<System> {
  const metrics = await lifecycle.start('metrics', {
    open: () => new Metrics({ region: settings.region, node: settings.nodeId, log }),
    close: (part) => part.close(),
  });
  await lifecycle.start('process metrics', { open: () => observeProcess(metrics), close: (end) => end() });
  const http = await lifecycle.start('http', {
    open: () =>
      startHttp({
        listen: settings.httpListen,
        readiness: lifecycle.readiness,
        metrics: () => metrics.scrape(),
        log,
      }),
    close: (part) => part.close(),
  });
  const system = await startSystem({ settings, folder, lifecycle, log, metrics });
  serveListings(http, system);
  return system;
}

function serveListings(http: HttpServer, system: System): void {
  const { calls, edge, location } = system;
  http.route('/v1/registrations', (query) =>
    listRegistrations(location, query.get('cursor') ?? undefined, Date.now()),
  );
  http.route('/v1/route', (query) => answerDryRun(system, query));
  http.route('/v1/calls', (query) => listCalls(edge, calls, query.get('cursor') ?? undefined, Date.now()));
}
