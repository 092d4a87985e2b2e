import type { Etcd } from '@tandem/platform';
import { readSources, type Source } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { apply } from '../configuration/apply.ts';
import { checkWhole } from '../configuration/backup.ts';
import { backupAt } from '../configuration/backup-file.ts';
import { stepsToExactly } from '../configuration/change.ts';
import { fromEtcd } from '../configuration/etcd-backup.ts';
import { addStore, type StoreFlags, withStore } from '../configuration/with-store.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import { report } from './apply.ts';

type Options = StoreFlags & { readonly file?: string; readonly inEtcd?: true | string };

/** `tandem restore` */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description(
      'makes the configuration in etcd what a backup of `tandem export --secrets` has, and nothing else',
    )
    .option('-f, --file <path>', 'the backup, or a folder of which it is the newest')
    .addOption(
      new Option(
        '--in-etcd [time]',
        'one of those that `export --in-etcd` and upgrades have kept in etcd; the newest if no time is given',
      ).conflicts('file'),
    );
  return addStore(command).action(async (options: Options) => {
    try {
      report(
        await withStore(options, async (store, etcd) => {
          const { from, sources } = await backup(options, etcd);
          for (const source of sources) checkWhole(source);
          say(`from ${from}`);
          return apply(store, sources, stepsToExactly);
        }),
      );
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

interface FoundBackup {
  readonly from: string;
  readonly sources: readonly Source[];
}

async function backup({ file, inEtcd }: Options, etcd: Etcd): Promise<FoundBackup> {
  if (file !== undefined) {
    const from = await backupAt(file);
    return { from, ...(await readSources(from)) };
  }
  if (inEtcd === undefined) throw new Fault(argumentInvalid, 'say where the backup is: --file or --in-etcd');
  const source = await fromEtcd(etcd, inEtcd === true ? undefined : inEtcd);
  return { from: source.path, sources: [source] };
}
