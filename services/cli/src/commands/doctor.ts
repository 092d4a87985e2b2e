import { derive, parseSettings, sharedSettings } from '@tandem/platform';
import { diagnostics } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { advertisedTargets } from '../doctor/address/address-checks.ts';
import { viewByHttp } from '../doctor/address/cluster-view.ts';
import { nameService } from '../doctor/dns-checks.ts';
import { type Examined, examine, examineAddresses, findLife } from '../doctor/doctor.ts';
import { isWell, reportJson, reportLine } from '../doctor/report.ts';
import { exitCode, fail } from '../exit.ts';
import { say } from '../output.ts';
import { type ProxyAddress, proxyAt } from '../phone/proxy-address.ts';
import { everySetting, type UpSettings, upSettings } from '../settings.ts';
import { runningSecret } from './running-secret.ts';
import { addSettings } from './settings-options.ts';
import { firstOfEach, targetOption } from './targets.ts';

const { clusterSecret, data, httpListen } = sharedSettings;
const { dnsServers, sipListen } = upSettings;
const doctorSettings = { sipListen, dnsServers, httpListen, clusterSecret, data };

type DoctorSettings = Pick<UpSettings, keyof typeof doctorSettings>;

interface Options extends Readonly<Record<keyof DoctorSettings, string | undefined>> {
  readonly target?: readonly ProxyAddress[];
  readonly from: 'inside' | 'outside';
  readonly output: 'text' | 'json';
}

/** `tandem doctor` */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('places a call to itself through the running system, and says what is wrong where')
    .addOption(targetOption())
    .addOption(
      new Option('--from <side>', 'outside: tries from here what phones and carriers are told')
        .choices(['inside', 'outside'])
        .default('inside'),
    )
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  addSettings(command, doctorSettings);
  return command.action(run);
}

async function run({ from, target, output, ...flags }: Options): Promise<void> {
  const settings = readSettings(flags);
  if (from === 'outside') return runOutside(settings, target, output);
  const targets = target ?? firstOfEach(settings.sipListen.map(proxyAt));
  try {
    await findLife(targets);
    const users = diagnostics(derive(await runningSecret(settings), 'doctor'));
    const names = nameService(settings.dnsServers);
    const patient = { targets, http: settings.httpListen, names, diagnostics: users };
    const well = await report(examine(patient), output);
    process.exitCode = well ? exitCode.ok : exitCode.failed;
  } catch (error) {
    fail(error, exitCode.failed);
  }
}

/** Where no node can be asked, only what comes back is known. */
async function runOutside(
  { httpListen }: DoctorSettings,
  target: Options['target'],
  output: Options['output'],
): Promise<void> {
  try {
    const view = viewByHttp(httpListen);
    const advertised = await advertisedTargets(view).catch((error: unknown) => {
      if (error instanceof Fault && target) return undefined;
      throw error;
    });
    const well = await report(examineAddresses(target ?? advertised ?? [], advertised && view), output);
    process.exitCode = well ? exitCode.ok : exitCode.failed;
  } catch (error) {
    fail(error, exitCode.failed);
  }
}

function readSettings(flags: Omit<Options, 'target' | 'output' | 'from'>): DoctorSettings {
  try {
    return parseSettings(doctorSettings, { flags, env: process.env, others: everySetting });
  } catch (error) {
    return fail(error, exitCode.usage);
  }
}

/** Whether all is well. */
async function report(results: AsyncIterable<Examined>, output: Options['output']): Promise<boolean> {
  const all: Examined[] = [];
  for await (const result of results) {
    all.push(result);
    if (output === 'text') say(reportLine(result));
  }
  if (output === 'json') say(reportJson(all));
  return isWell(all);
}
