import type { AnySettings, ComputedDefault } from '@tandem/platform';
import type { Command } from 'commander';

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
