import { formatProblem, validate } from '@tandem/resource';
import { Command } from 'commander';
import { exitCode, fail } from '../exit.ts';
import { say } from '../output.ts';

/** `tandem validate` */
export function validateCommand(): Command {
  return new Command('validate')
    .description('checks a file or a folder of configuration and names every problem')
    .requiredOption('-f, --file <path>', 'the file or folder')
    .action(async ({ file }: { file: string }) => {
      try {
        const { problems, snapshot } = await validate(file);
        for (const problem of problems) say(formatProblem(problem));
        if (!snapshot) process.exit(exitCode.failed);
        say(`valid: ${snapshot.tenants.size} tenants, ${snapshot.userCount} users`);
      } catch (error) {
        fail(error, exitCode.usage);
      }
    });
}
