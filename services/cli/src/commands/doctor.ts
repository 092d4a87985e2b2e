import { access } from 'node:fs/promises';
import { join } from 'node:path';
import {
  derive,
  loadOrCreateSecret,
  parseSettings,
  type SharedSettings,
  sharedSettings,
} from '@tandem/platform';
import { diagnostics, type Secret } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Command, InvalidArgumentError, Option } from 'commander';
import { nameService } from '../doctor/dns-checks.ts';
import { type Examined, examine, findLife } from '../doctor/doctor.ts';
import { secretMissing } from '../doctor/faults.ts';
import { isWell, reportJson, reportLine } from '../doctor/report.ts';
import { exitCode, fail } from '../exit.ts';
import { say } from '../output.ts';
import { type ProxyAddress, parseProxyAddress, proxyAt, proxyExpected } from '../phone/proxy-address.ts';
import { everySetting, type UpSettings, upSettings } from '../settings.ts';
import { addSettings } from './settings-options.ts';

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
  const target = new Option('--target <addresses>', 'where SIP is spoken, instead of --sip-listen');
  const command = new Command('doctor')
    .description('places a call to itself through the running system, and says what is wrong where')
    .addOption(target.argParser(parseTargets))
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  addSettings(command, doctorSettings);
  return command.action(run);
}

async function run({ target, output, ...flags }: Options): Promise<void> {
  const settings = readSettings(flags);
  const targets = target ?? firstOfEach(settings.sipListen.map(proxyAt));
  try {
    await findLife(targets);
    const users = diagnostics(derive(await secretOf(settings), 'doctor'));
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

/** That of the running system; none is made here. */
async function secretOf({
  clusterSecret,
  data,
}: Pick<SharedSettings, 'clusterSecret' | 'data'>): Promise<Secret> {
  if (clusterSecret) return clusterSecret;
  const file = join(data, 'cluster-secret');
  try {
    await access(file);
  } catch (error) {
    throw new Fault(secretMissing, `${file} cannot be read, and TANDEM_CLUSTER_SECRET is unset`, {
      cause: error,
    });
  }
  return loadOrCreateSecret(data);
}

/** One address of each transport, in order. */
function firstOfEach(addresses: readonly ProxyAddress[]): ProxyAddress[] {
  const firsts = new Map(addresses.toReversed().map((address) => [address.transport, address]));
  return addresses.filter((address) => firsts.get(address.transport) === address);
}

function parseTargets(text: string): ProxyAddress[] {
  return text.split(',').map((part) => {
    const address = parseProxyAddress(part.trim());
    if (address) return address;
    throw new InvalidArgumentError(`${proxyExpected}, several with commas between`);
  });
}
