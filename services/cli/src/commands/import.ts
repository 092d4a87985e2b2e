import { type Import, importAsterisk, reportOf } from '@tandem/asterisk';
import { readDocuments, toYaml, withoutSecrets } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Command } from 'commander';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { openFolder } from '../import/asterisk-folder.ts';
import { writeFiles } from '../import/output-folder.ts';
import { say } from '../output.ts';

interface Options {
  readonly tenant: string;
  readonly domain: readonly string[];
  readonly ownAddresses: boolean;
  readonly timezone: string;
  readonly output?: string;
  readonly verbose?: boolean;
}

/** `tandem import asterisk` */
export function importCommand(): Command {
  const asterisk = new Command('asterisk')
    .description('pjsip.conf, sip.conf and extensions.conf as resources, with all that is not carried over')
    .argument('<path>', 'a copy of /etc/asterisk, or one of the three files')
    .option('--tenant <name>', 'the tenant that everything belongs to', 'office')
    .option('--domain <name...>', 'domains of the tenant besides those that the files name', [])
    .option(
      '--no-own-addresses',
      'the phones were told a domain, and none of them the address of the exchange',
    )
    .option(
      '--timezone <name>',
      'the time zone of the exchange, such as Europe/Madrid',
      Intl.DateTimeFormat().resolvedOptions().timeZone,
    )
    .option(
      '--output <folder>',
      'where the files go, with passwords; without it they are shown, without passwords',
    )
    .option('--verbose', 'tells of every line what became of it')
    .action(run);
  return new Command('import')
    .description('takes over the configuration of other switches')
    .addCommand(asterisk);
}

async function run(path: string, options: Options): Promise<void> {
  const { tenant, domain, output, verbose = false, ...more } = options;
  try {
    const imported = await importAsterisk(openFolder(path), { tenant, domains: domain, ...more });
    const report = reportOf(imported, verbose);
    if (output === undefined) {
      say((await preview(imported)).trimEnd());
      process.stderr.write(`${report.join('\n')}\n`);
      return;
    }
    await writeFiles(output, imported.files);
    for (const line of report) say(line);
    say(`written to ${output}, which holds passwords: ${[...imported.files.keys()].join(', ')}`);
  } catch (error) {
    fail(error, error instanceof Fault && error.kind === argumentInvalid ? exitCode.usage : exitCode.failed);
  }
}

/** All documents, without their secrets. */
async function preview({ files }: Import): Promise<string> {
  const sources = Array.from(files, ([path, text]) => ({ path, text }));
  const { located } = await readDocuments(sources, new Map());
  return toYaml(located.map(({ text }) => withoutSecrets(text)));
}
