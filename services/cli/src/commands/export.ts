import { Fault } from '@tandem/sip';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Backup, backupOf, exportOf } from '../configuration/backup.ts';
import { keepBackup } from '../configuration/backup-file.ts';
import { addStore, type StoreFlags, withStore } from '../configuration/with-store.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';

const defaultKeep = 14;

type Options = StoreFlags & { readonly file?: string; readonly secrets?: true; readonly keep: number };

/** `tandem export` */
export function exportCommand(): Command {
  const command = new Command('export')
    .description('writes all of the configuration in etcd as YAML, the same for the same configuration')
    .option(
      '-f, --file <path>',
      'the file, or a folder for files named by the time; the output when not given',
    )
    .option('--secrets', 'with passwords and hashes, which a backup needs, to a file of mode 0600')
    .addOption(
      new Option('--keep <count>', 'how many of the files in the folder stay')
        .argParser(parseKeep)
        .default(defaultKeep),
    );
  return addStore(command).action(async (options: Options) => {
    try {
      await write(await read(options), options);
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

async function read({ secrets, file, ...flags }: Options): Promise<Backup> {
  if (secrets && file === undefined) {
    throw new Fault(argumentInvalid, '--secrets goes to a file alone: say which by --file');
  }
  return withStore(flags, async (store) => (secrets ? backupOf : exportOf)(await store.read()));
}

async function write(backup: Backup, { file, keep }: Options): Promise<void> {
  if ('problems' in backup) {
    for (const problem of backup.problems) process.stderr.write(`tandem: ${problem}\n`);
    process.exit(exitCode.failed);
  }
  if (file === undefined) process.stdout.write(backup.text);
  else say(`written to ${await keepBackup(file, backup.text, keep, new Date())}`);
}

function parseKeep(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, 1 to 9999.');
}
