import { parseSettings } from '@tandem/platform';
import { Command } from 'commander';
import { banner } from '../banner.ts';
import { openDataFolder } from '../data-folder.ts';
import { exitCode, fail } from '../exit.ts';
import { firstConfiguration } from '../first-configuration.ts';
import { runNode } from '../node/start.ts';
import { everySetting, type UpSettings, upSettings } from '../settings.ts';
import { startSystem } from '../system.ts';
import { addSettings } from './settings-options.ts';

/** `tandem up` */
export function upCommand(): Command {
  const command = new Command('up')
    .description('runs all tiers in this process, on embedded backings')
    .option('--config <folder>', 'the configuration; without it one is made in the data folder');
  addSettings(command, upSettings);
  return command.action(async ({ config, ...flags }: { config?: string } & Record<string, string>) => {
    try {
      await up(parseSettings(upSettings, { flags, env: process.env, others: everySetting }), config);
    } catch (error) {
      fail(error, exitCode.usage);
    }
  });
}

async function up(settings: UpSettings, config: string | undefined): Promise<void> {
  await openDataFolder(settings.data);
  const configuration =
    config === undefined ? await firstConfiguration(settings.data) : { folder: config, made: [] };
  await runNode(settings, async (node) => {
    const system = await startSystem(node, configuration.folder);
    node.lifecycle.running();
    process.stderr.write(banner(settings, configuration, system));
  });
}
