import { derive, parseSettings, sharedSettings } from '@tandem/platform';
import { diagnostics } from '@tandem/resource';
import { Command, Option } from 'commander';
import { nameService } from '../doctor/dns-checks.ts';
import { type Examined, examine, findLife } from '../doctor/doctor.ts';
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
  readonly output: 'text' | 'json';
}

/** `tandem doctor` */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('places a call to itself through the running system, and says what is wrong where')
    .addOption(targetOption())
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  addSettings(command, doctorSettings);
  return command.action(run);
}

async function run({ target, output, ...flags }: Options): Promise<void> {
  const settings = readSettings(flags);
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

function readSettings(flags: Omit<Options, 'target' | 'output'>): DoctorSettings {
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
