import { readSources } from '@tandem/resource';
import { Command } from 'commander';
import { apply } from '../configuration/apply.ts';
import { checkWhole } from '../configuration/backup.ts';
import { backupAt } from '../configuration/backup-file.ts';
import { stepsToExactly } from '../configuration/change.ts';
import { addStore, type StoreFlags, withStore } from '../configuration/with-store.ts';
import { exitCode, fail } from '../exit.ts';
import { say } from '../output.ts';
import { report } from './apply.ts';

/** `tandem restore` */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description(
      'makes the configuration in etcd what a backup of `tandem export --secrets` has, and nothing else',
    )
    .requiredOption('-f, --file <path>', 'the backup, or a folder of which it is the newest');
  return addStore(command).action(async ({ file, ...flags }: { file: string } & StoreFlags) => {
    try {
      const backup = await backupAt(file);
      const { sources } = await readSources(backup);
      for (const source of sources) checkWhole(source);
      say(`from ${backup}`);
      report(await withStore(flags, (store) => apply(store, sources, stepsToExactly)));
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}
