import { Command } from 'commander';
import { applyCommand } from './commands/apply.ts';
import { bansCommand } from './commands/bans.ts';
import { callsCommand } from './commands/calls.ts';
import { chaosCommand } from './commands/chaos.ts';
import { deleteCommand } from './commands/delete.ts';
import { doctorCommand } from './commands/doctor.ts';
import { drainCommand } from './commands/drain.ts';
import { exportCommand } from './commands/export.ts';
import { getCommand } from './commands/get.ts';
import { importCommand } from './commands/import.ts';
import { nodesCommand, registrationsCommand, trunksCommand } from './commands/list.ts';
import { phoneCommand } from './commands/phone.ts';
import { preflightCommand } from './commands/preflight.ts';
import { replayCommand } from './commands/replay.ts';
import { restoreCommand } from './commands/restore.ts';
import { routeCommand } from './commands/route.ts';
import { sloCommand } from './commands/slo.ts';
import { edgeCommand, mediaCommand, routerCommand, trunkCommand } from './commands/tier.ts';
import { traceCommand } from './commands/trace.ts';
import { trunkCheckCommand } from './commands/trunk-check.ts';
import { upCommand } from './commands/up.ts';
import { validateCommand } from './commands/validate.ts';
import { exitCode } from './exit.ts';

const program = new Command('tandem')
  .description('a distributed softswitch')
  // A trunk node and the check of a trunk have flags of the same names.
  .enablePositionalOptions()
  .exitOverride(({ code, exitCode: suggested }) => {
    process.exit(
      code === 'commander.helpDisplayed' || code === 'commander.help' ? suggested : exitCode.usage,
    );
  });

const commands = [
  upCommand(),
  edgeCommand(),
  routerCommand(),
  mediaCommand(),
  trunkCommand().addCommand(trunkCheckCommand()),
  validateCommand(),
  applyCommand(),
  getCommand(),
  deleteCommand(),
  exportCommand(),
  restoreCommand(),
  importCommand(),
  routeCommand(),
  replayCommand(),
  registrationsCommand(),
  callsCommand(),
  trunksCommand(),
  nodesCommand(),
  bansCommand(),
  traceCommand(),
  drainCommand(),
  phoneCommand(),
  doctorCommand(),
  preflightCommand(),
  sloCommand(),
  chaosCommand(),
];
for (const command of commands) program.addCommand(inherit(command, program));

/** Errors end every command alike, however deep it stands. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
  return command;
}

await program.parseAsync();
