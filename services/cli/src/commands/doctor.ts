import { derive, Kubernetes, parseSettings, sharedSettings } from '@tandem/platform';
import { diagnostics } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Command, InvalidArgumentError, Option } from 'commander';
import { nodesOf, sipAddresses } from '../doctor/address/address-checks.ts';
import { withBusView } from '../doctor/address/bus-view.ts';
import { viewByHttp } from '../doctor/address/cluster-view.ts';
import { type KindOfAddress, kindsOfAddress, type Vantage } from '../doctor/address/vantage.ts';
import { nameService } from '../doctor/dns-checks.ts';
import { type Examined, examine, examineAddresses, examineFromPod, findLife } from '../doctor/doctor.ts';
import { isWell, reportJson, reportLine } from '../doctor/report.ts';
import { type LeadingService, leadingServices } from '../doctor/service/service.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import { type ProxyAddress, proxyAt } from '../phone/proxy-address.ts';
import { everySetting, type UpSettings, upSettings } from '../settings.ts';
import { runningSecret } from './running-secret.ts';
import { addSettings } from './settings-options.ts';
import { firstOfEach, targetOption } from './targets.ts';

const { clusterSecret, data, hostAddresses, httpListen, natsUrl, region } = sharedSettings;
const { dnsServers, sipListen } = upSettings;
const ofSystem = { sipListen, dnsServers, httpListen, clusterSecret, data };
const ofCluster = { region, natsUrl, hostAddresses };
const doctorSettings = { ...ofSystem, ...ofCluster };

type DoctorSettings = Pick<UpSettings, keyof typeof doctorSettings>;

interface Options extends Readonly<Record<keyof DoctorSettings, string | undefined>> {
  readonly target?: readonly ProxyAddress[];
  readonly from: 'inside' | 'outside' | 'pod';
  readonly reachedWithin: readonly KindOfAddress[];
  readonly forward: string;
  /** A label selector. */
  readonly services: string | undefined;
  readonly output: 'text' | 'json';
}

/** `tandem doctor` */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('places a call to itself through the running system, and says what is wrong where')
    .addOption(targetOption())
    .addOption(
      new Option(
        '--from <side>',
        'outside: tries from here what phones and carriers are told; pod: the same from a pod, and says what that proves',
      )
        .choices(['inside', 'outside', 'pod'])
        .default('inside'),
    )
    .addOption(
      new Option(
        '--reached-within <kinds>',
        'sip, rtp: with --from pod, all who are told such addresses are in the cluster',
      )
        .argParser((text) => text.split(',').map(parseKind))
        .default([], 'none'),
    )
    .option(
      '--forward <command>',
      'with --from pod, leads port 8080 outside to a node; part of the commands that it tells',
      'kubectl port-forward POD 8080',
    )
    .option(
      '--services <labels>',
      'with --from pod, compares addresses with the Services of its namespace that this label selector leaves',
    )
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  addSettings(command, doctorSettings);
  return command.action(run);
}

async function run({
  from,
  target,
  output,
  reachedWithin,
  forward,
  services,
  ...flags
}: Options): Promise<void> {
  const settings = readSettings(flags);
  if (from === 'outside') return runOutside(settings, target, output);
  if (from === 'pod') return runInPod(settings, { inside: reachedWithin, forward, services }, output);
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
    const advertised = await nodesOf(view).then(sipAddresses, (error: unknown) => {
      if (error instanceof Fault && target) return undefined;
      throw error;
    });
    const well = await report(examineAddresses(target ?? advertised ?? [], advertised && view), output);
    process.exitCode = well ? exitCode.ok : exitCode.failed;
  } catch (error) {
    fail(error, exitCode.failed);
  }
}

/** The bus says who is there, and what has come to them. */
async function runInPod(
  { hostAddresses: machine = [], ...settings }: DoctorSettings,
  { services: labels, ...pod }: Pick<Vantage, 'inside' | 'forward'> & Pick<Options, 'services'>,
  output: Options['output'],
): Promise<void> {
  try {
    const services = labels === undefined ? [] : await servicesOfPod(labels);
    const well = await withBusView(settings, (view) =>
      report(examineFromPod(view, { ...pod, machine }, services), output),
    );
    process.exitCode = well ? exitCode.ok : exitCode.failed;
  } catch (error) {
    fail(error, exitCode.failed);
  }
}

async function servicesOfPod(labels: string): Promise<readonly LeadingService[]> {
  const api = Kubernetes.inCluster(process.env);
  if (!api) throw new Fault(argumentInvalid, '--services: this is no pod, or it has no service account');
  try {
    return await leadingServices(api, labels);
  } finally {
    api.close();
  }
}

function parseKind(text: string): KindOfAddress {
  const kind = kindsOfAddress.find((each) => each === text);
  if (kind) return kind;
  throw new InvalidArgumentError(`must be of ${kindsOfAddress.join(', ')}`);
}

function readSettings(flags: Readonly<Record<keyof DoctorSettings, string | undefined>>): DoctorSettings {
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
