import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { drainCommand } from './drain.ts';
import { phoneCommand } from './phone.ts';
import { routeCommand } from './route.ts';
import { sloCommand } from './slo.ts';

/** Throws what would be said, instead of ending the process with the exit code for that. */
function thrown(command: Command): Command {
  for (const each of [command, ...command.commands]) {
    each.exitOverride((error) => {
      throw error;
    });
    each.configureOutput({ writeErr: () => {} });
  }
  return command;
}

describe('a flag that is not what it should be', () => {
  it.each([
    [drainCommand(), ['edge-1', '--timeout', 'soon'], 'a number of seconds'],
    [drainCommand(), ['edge-1', '--timeout', 'NaN'], 'a number of seconds'],
    [drainCommand(), ['edge-1', '--timeout', '-1'], 'a number of seconds'],
    [phoneCommand(), ['call', 'b', '--user', 'a', '--duration', '1e9'], 'a number of seconds'],
    [phoneCommand(), ['register', '--user', 'a', '--expires', '0'], 'a whole number of seconds'],
    [sloCommand(), ['--calls', '1.5'], 'a whole number, more than 0'],
    [sloCommand(), ['--max-gap', 'short'], 'a number'],
    [sloCommand(), ['--target', 'udp://a:5060,b'], 'udp://host:port'],
    [routeCommand(), ['test', '--from', 'a', '--to', 'b', '--at', 'noon'], 'a time, such as'],
  ])('is told of, at once', async (command, args, wanted) => {
    const parsed = thrown(command).parseAsync(args, { from: 'user' });
    await expect(parsed).rejects.toMatchObject({
      code: 'commander.invalidArgument',
      message: expect.stringMatching(`${args.at(-2)}.*must be ${wanted}`),
    });
  });
});
