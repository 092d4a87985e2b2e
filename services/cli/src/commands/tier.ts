import {
  edgeSettings,
  type OwnEdgeSettings,
  type RouterLinkSettings,
  routerLinkSettings,
} from '@tandem/edge';
import { mediaSettings, type OwnMediaSettings } from '@tandem/media';
import {
  parseSettings,
  type SettingsOf,
  type SharedSettings,
  sharedSettings,
  type Tier,
} from '@tandem/platform';
import { type OwnRouterSettings, routerSettings } from '@tandem/router';
import { Command } from 'commander';
import { exitCode, fail } from '../exit.ts';
import { type NodeStart, runNode } from '../node/start.ts';
import { startEdgeNode, startMediaNode, startRouterNode, startTrunkNode } from '../node/tiers.ts';
import { everySetting } from '../settings.ts';
import { addSettings } from './settings-options.ts';

/** `tandem edge` */
export function edgeCommand(): Command {
  const settings: SettingsOf<SharedSettings & OwnEdgeSettings & RouterLinkSettings> = {
    ...sharedSettings,
    ...edgeSettings,
    ...routerLinkSettings,
  };
  return tierCommand('edge', 'runs an edge: SIP towards phones', settings, startEdgeNode);
}

/** `tandem router` */
export function routerCommand(): Command {
  const settings: SettingsOf<SharedSettings & OwnRouterSettings> = { ...sharedSettings, ...routerSettings };
  return tierCommand('router', 'runs a router: who calls, and where calls go', settings, startRouterNode);
}

/** `tandem media` */
export function mediaCommand(): Command {
  const settings: SettingsOf<SharedSettings & OwnMediaSettings> = { ...sharedSettings, ...mediaSettings };
  return tierCommand('media', 'runs a media worker: relays RTP', settings, startMediaNode);
}

/** `tandem trunk` */
export function trunkCommand(): Command {
  return tierCommand(
    'trunk',
    'runs a trunk node: logins to providers, and their health',
    sharedSettings,
    startTrunkNode,
  );
}

function tierCommand<Settings extends SharedSettings>(
  tier: Tier,
  description: string,
  settings: SettingsOf<Settings>,
  start: (node: NodeStart<Settings>) => Promise<void>,
): Command {
  const command = new Command(tier).description(`${description}; one tier in a process of its own`);
  addSettings(command, settings);
  return command.action(async (flags: Record<string, string>) => {
    try {
      await runNode(parseSettings(settings, { flags, env: process.env, others: everySetting }), start);
    } catch (error) {
      fail(error, exitCode.usage);
    }
  });
}
