import type { ConfigurationStore, Etcd } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Backup, backupOf, exportOf } from '../configuration/backup.ts';
import { keepBackup } from '../configuration/backup-file.ts';
import { keepInEtcd } from '../configuration/etcd-backup.ts';
import { addStore, type StoreFlags, withStore } from '../configuration/with-store.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';

const defaultKeep = 14;

type Options = StoreFlags & {
  readonly file?: string;
  readonly inEtcd?: true;
  readonly secrets?: true;
  readonly keep: number;
};

/** `tandem export` */
export function exportCommand(): Command {
  const command = new Command('export')
    .description('writes all of the configuration in etcd as YAML, the same for the same configuration')
    .option(
      '-f, --file <path>',
      'the file, or a folder for files named by the time; the output when not given',
    )
    .addOption(new Option('--in-etcd', 'keeps it in etcd itself, for `restore --in-etcd`').conflicts('file'))
    .option('--secrets', 'with passwords and hashes, which a backup needs, to a file of mode 0600 or to etcd')
    .addOption(
      new Option('--keep <count>', 'how many of the files in the folder, or in etcd, stay')
        .argParser(parseKeep)
        .default(defaultKeep),
    );
  return addStore(command).action(async (options: Options) => {
    try {
      await withStore(options, async (store, etcd) => write(await read(store, options), options, etcd));
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

async function read(store: ConfigurationStore, { secrets, file, inEtcd }: Options): Promise<Backup> {
  if (secrets && file === undefined && !inEtcd) {
    throw new Fault(argumentInvalid, '--secrets goes to a file or to etcd alone: say --file or --in-etcd');
  }
  if (inEtcd && !secrets)
    throw new Fault(argumentInvalid, '--in-etcd is for a backup, which needs --secrets');
  return (secrets ? backupOf : exportOf)(await store.read());
}

async function write(backup: Backup, { file, inEtcd, keep }: Options, etcd: Etcd): Promise<void> {
  if ('problems' in backup) {
    for (const problem of backup.problems) process.stderr.write(`tandem: ${problem}\n`);
    process.exit(exitCode.failed);
  }
  if (inEtcd) say(`kept in etcd as ${await keepInEtcd(etcd, backup.text, keep, new Date())}`);
  else if (file === undefined) process.stdout.write(backup.text);
  else say(`written to ${await keepBackup(file, backup.text, keep, new Date())}`);
}

function parseKeep(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number, 1 to 9999.');
}
