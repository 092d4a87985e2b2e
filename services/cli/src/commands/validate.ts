import { storedSources } from '@tandem/platform';
import { findProblems, formatProblem, type Problem, validate } from '@tandem/resource';
import { Command } from 'commander';
import { addStore, type StoreFlags, withStore } from '../configuration/with-store.ts';
import { exitCode, fail } from '../exit.ts';
import { say } from '../output.ts';

interface Verdict {
  readonly problems: readonly Problem[];
  readonly about: string;
}

/** `tandem validate` */
export function validateCommand(): Command {
  const command = new Command('validate')
    .description('checks a file or a folder of configuration, or what is in etcd, and names every problem')
    .option('-f, --file <path>', 'the file or folder; what is in etcd when not given');
  return addStore(command).action(async ({ file, ...flags }: { file?: string } & StoreFlags) => {
    try {
      const { problems, about } = await (file === undefined ? ofStore(flags) : ofFile(file));
      for (const problem of problems) say(formatProblem(problem));
      if (problems.length > 0) process.exit(exitCode.failed);
      say(`valid: ${about}`);
    } catch (error) {
      fail(error, exitCode.usage);
    }
  });
}

async function ofFile(file: string): Promise<Verdict> {
  const { problems, snapshot } = await validate(file);
  return { problems, about: `${snapshot?.tenants.size} tenants, ${snapshot?.userCount} users` };
}

async function ofStore(flags: StoreFlags): Promise<Verdict> {
  const sources = storedSources((await withStore(flags, (store) => store.read())).entries);
  return { problems: await findProblems(sources), about: `${sources.length} resources in etcd` };
}
