import {
  type AnySettings,
  type ComputedDefault,
  type HostPort,
  parseSettings,
  sharedSettings,
} from '@tandem/platform';
import type { Command } from 'commander';
import { everySetting } from '../settings.ts';

const { httpListen } = sharedSettings;

/** Gives a command a flag for each setting; what is not given comes from the environment. */
export function addSettings(command: Command, settings: AnySettings): Command {
  for (const { flag, description, unit, default: fallback } of Object.values(settings)) {
    const note = fallback === undefined ? '' : ` (default: ${words(fallback)})`;
    command.option(`${flag} <${unit ?? 'value'}>`, description + note);
  }
  return command;
}

function words(fallback: string | ComputedDefault): string {
  return typeof fallback === 'string' ? fallback : fallback.words;
}

/** Gives a command the flag for where the running system is asked. */
export function addHttpAddress(command: Command): Command {
  return addSettings(command, { httpListen });
}

/** Where the running system is asked, by what {@link addHttpAddress} lets a user say, or by the environment. */
export function httpAddress(flag: string | undefined): HostPort {
  const input = { flags: { httpListen: flag }, env: process.env, others: everySetting };
  return parseSettings({ httpListen }, input).httpListen;
}
