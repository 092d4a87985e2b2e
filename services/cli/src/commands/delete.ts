import type { Kind } from '@tandem/resource';
import { Command } from 'commander';
import { describeStep } from '../configuration/change.ts';
import { type Removal, remove } from '../configuration/remove.ts';
import { kindArgument, tenantOption } from '../configuration/selection.ts';
import { addStore, type StoreFlags, withStore } from '../configuration/with-store.ts';
import { exitCode, fail } from '../exit.ts';
import { say } from '../output.ts';

type Options = StoreFlags & { readonly tenant?: string };

/** `tandem delete` */
export function deleteCommand(): Command {
  const command = new Command('delete')
    .description('removes one resource from etcd, unless another one refers to it')
    .addArgument(kindArgument)
    .argument('<name>', 'its name')
    .addOption(tenantOption);
  return addStore(command).action(async (kind: Kind, name: string, { tenant, ...flags }: Options) => {
    try {
      report(await withStore(flags, (store) => remove(store, { kind, name, tenant })));
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

function report(outcome: Removal): void {
  if ('step' in outcome) {
    say(describeStep(outcome.step));
    return;
  }
  for (const problem of outcome.problems) say(problem);
  process.exit(exitCode.failed);
}
