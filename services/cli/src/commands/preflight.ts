import { Kubernetes } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { isWell, reportLine } from '../doctor/report.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import { type Needs, parseApis, parseNames, parseSecrets, parseVersion } from '../preflight/needs.ts';
import { preflight } from '../preflight/preflight.ts';

interface Options extends Needs {
  /** A folder. */
  readonly serviceAccount?: string;
}

/** `tandem preflight` */
export function preflightCommand(): Command {
  return new Command('preflight')
    .description(
      'names what the cluster that it runs in lacks for an installation; exit 1 when it lacks anything',
    )
    .addOption(new Option('--kubernetes <version>', 'that or later').argParser(parseVersion))
    .addOption(new Option('--apis <list>', 'GROUP/VERSION[/KIND] that is served').argParser(parseApis))
    .option('--default-storage-class', 'volumes that name no class get one')
    .addOption(new Option('--storage-classes <names>', 'those are there').argParser(parseNames))
    .option('--load-balancer', 'a Service of type LoadBalancer has got an address; else it warns')
    .option('--host-network', 'Pod Security lets pods of this namespace have the network of their node')
    .addOption(
      new Option('--secrets <list>', 'NAME[:KEY…] of this namespace are there').argParser(parseSecrets),
    )
    .option(
      '--service-account <folder>',
      'where token, ca.crt and namespace are, when not where pods have them',
    )
    .action(run);
}

async function run({ serviceAccount, ...needs }: Options): Promise<void> {
  const api = Kubernetes.inCluster(process.env, serviceAccount);
  if (!api) fail(new Fault(argumentInvalid, 'this is no pod, or it has no service account'), exitCode.failed);
  try {
    const results = [];
    for await (const result of preflight(api, needs)) {
      results.push(result);
      say(reportLine(result));
    }
    process.exitCode = isWell(results) ? exitCode.ok : exitCode.failed;
  } catch (error) {
    fail(error, exitCode.failed);
  } finally {
    api.close();
  }
}
