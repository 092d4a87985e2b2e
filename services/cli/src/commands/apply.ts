import { readSources } from '@tandem/resource';
import { Command } from 'commander';
import { type Application, apply } from '../configuration/apply.ts';
import { describeStep } from '../configuration/change.ts';
import { addStore, type StoreFlags, withStore } from '../configuration/with-store.ts';
import { exitCode, fail } from '../exit.ts';
import { say } from '../output.ts';

/** `tandem apply` */
export function applyCommand(): Command {
  const command = new Command('apply')
    .description('puts a file or a folder of configuration into etcd, all of it or nothing')
    .requiredOption('-f, --file <path>', 'the file or folder');
  return addStore(command).action(async ({ file, ...flags }: { file: string } & StoreFlags) => {
    try {
      const { sources } = await readSources(file);
      report(await withStore(flags, (store) => apply(store, sources)));
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

/** Says what has become of each resource; ends the process when nothing has. */
export function report(outcome: Application): void {
  if ('problems' in outcome) {
    for (const problem of outcome.problems) say(problem);
    process.exit(exitCode.failed);
  }
  for (const step of outcome.steps) say(describeStep(step));
  if (outcome.transactions > 1) say(`in ${outcome.transactions} transactions: etcd takes no more at once`);
}
