import { derive, parseSettings, sharedSettings } from '@tandem/platform';
import { diagnostics } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import { type ProxyAddress, proxyAt } from '../phone/proxy-address.ts';
import { everySetting, type UpSettings, upSettings } from '../settings.ts';
import { type LoadOptions, mostAtOnce, placeCalls } from '../slo/load.ts';
import { type Objective, objectives } from '../slo/objective.ts';
import { Pair } from '../slo/pair.ts';
import { type Report, reportLines, reportOf } from '../slo/report.ts';
import { countOption, numberOption, secondsOption } from './number.ts';
import { runningSecret } from './running-secret.ts';
import { addSettings } from './settings-options.ts';
import { firstOfEach, targetOption } from './targets.ts';

const { clusterSecret, data } = sharedSettings;
const sloSettings = { sipListen: upSettings.sipListen, clusterSecret, data };

type SloSettings = Pick<UpSettings, keyof typeof sloSettings>;

interface Options extends Readonly<Record<keyof SloSettings, string | undefined>> {
  readonly target?: readonly ProxyAddress[];
  readonly calls: number;
  /** In seconds. */
  readonly for?: number;
  readonly rate: number;
  /** In seconds. */
  readonly talk: number;
  readonly output: 'text' | 'json';
}

/** `tandem slo` */
export function sloCommand(): Command {
  const command = new Command('slo')
    .description('places calls with audio through a running system, and says which objectives they meet')
    .addOption(targetOption())
    .addOption(countOption('--calls <number>', 'how many calls').default(20))
    .addOption(secondsOption('--for <seconds>', 'how long to place calls, instead of --calls'))
    .addOption(countOption('--rate <calls>', 'calls a second').default(2))
    .addOption(secondsOption('--talk <seconds>', 'how long each call lasts').default(5))
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  for (const objective of objectives) command.addOption(limitOption(objective));
  addSettings(command, sloSettings);
  return command.action(run);
}

async function run(options: Options): Promise<void> {
  const settings = readSettings(options);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stop.abort());
  try {
    const load = loadOf(options);
    const users = diagnostics(derive(await runningSecret(settings), 'doctor'));
    const targets = options.target ?? firstOfEach(settings.sipListen.map(proxyAt));
    const pairs = await Promise.all(targets.map((target) => Pair.open(target, users)));
    try {
      tell(reportOf(await placeCalls(pairs, load, stop.signal), limitsOf(options)), options.output);
    } finally {
      await Promise.all(pairs.map((pair) => pair.close()));
    }
  } catch (error) {
    fail(error, error instanceof Fault && error.kind === argumentInvalid ? exitCode.usage : exitCode.failed);
  }
}

function tell(report: Report, output: Options['output']): void {
  for (const line of output === 'json' ? [JSON.stringify(report)] : reportLines(report)) say(line);
  process.exitCode = report.met ? exitCode.ok : exitCode.failed;
}

function loadOf({ calls, for: duration, rate, talk }: Options): LoadOptions {
  if (rate * talk > mostAtOnce) {
    throw new Fault(
      argumentInvalid,
      `--rate times --talk is ${rate * talk} calls at a time; ${mostAtOnce} are possible`,
    );
  }
  const wanted = duration === undefined ? calls : Math.max(1, Math.floor(duration * rate));
  return { calls: wanted, rate, talkTime: talk * 1_000 };
}

/** A limit is under the name of its flag. */
function limitsOf(options: Options): Record<string, number> {
  const given: Readonly<Record<string, unknown>> = { ...options };
  return Object.fromEntries(
    objectives.map((objective) => [objective.name, Number(given[limitOption(objective).attributeName()])]),
  );
}

function limitOption({ name, bound, unit, limit, meaning }: Objective): Option {
  const words = `${bound === 'min' ? 'least' : 'most'} ${meaning}`;
  return numberOption(`--${bound}-${name} <${unit}>`, words).default(limit);
}

function readSettings({ sipListen, clusterSecret, data }: Options): SloSettings {
  try {
    const flags = { sipListen, clusterSecret, data };
    return parseSettings(sloSettings, { flags, env: process.env, others: everySetting });
  } catch (error) {
    return fail(error, exitCode.usage);
  }
}
