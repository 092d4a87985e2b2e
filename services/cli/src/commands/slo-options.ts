import { derive, parseSettings, sharedSettings } from '@tandem/platform';
import { diagnostics } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { type Command, Option } from 'commander';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import type { Fate } from '../phone/phone.ts';
import { type ProxyAddress, proxyAt } from '../phone/proxy-address.ts';
import { everySetting, type UpSettings, upSettings } from '../settings.ts';
import { mostAtOnce } from '../slo/load.ts';
import { type Objective, objectives } from '../slo/objective.ts';
import { Pair } from '../slo/pair.ts';
import { countOption, numberOption, secondsOption } from './number.ts';
import { runningSecret } from './running-secret.ts';
import { addSettings } from './settings-options.ts';
import { firstOfEach, targetOption } from './targets.ts';

const { clusterSecret, data } = sharedSettings;
const sloSettings = { sipListen: upSettings.sipListen, clusterSecret, data };

type SloSettings = Pick<UpSettings, 'sipListen' | 'clusterSecret' | 'data'>;

/** What every command is told that measures calls. */
export interface SloOptions extends Readonly<Record<keyof SloSettings, string | undefined>> {
  readonly target?: readonly ProxyAddress[];
  readonly rate: number;
  /** In seconds. */
  readonly talk: number;
  readonly output: 'text' | 'json';
}

/** A limit is all that the flags know of an objective. */
type Limited = Omit<Objective, 'of'>;

/** Gives a command the flags of {@link SloOptions}, and one for the limit of each objective. */
export function addSloOptions(
  command: Command,
  limits: Readonly<Record<string, number>> = {},
  limited: readonly Limited[] = objectives,
): Command {
  command
    .addOption(targetOption())
    .addOption(countOption('--rate <calls>', 'calls a second').default(2))
    .addOption(secondsOption('--talk <seconds>', 'how long each call lasts').default(5))
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  for (const objective of limited)
    command.addOption(limitOption(objective).default(limits[objective.name] ?? objective.limit));
  return addSettings(command, sloSettings);
}

/** The limits of all objectives, by name. */
export function limitsOf(
  options: SloOptions,
  limited: readonly Limited[] = objectives,
): Record<string, number> {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const limits = limited.map((each) => [each.name, Number(given[limitOption(each).attributeName()])]);
  return Object.fromEntries(limits);
}

/**
 * Opens phones for each address, whose RTP may have a fate, has them measured, tells the lines or the whole report, and ends
 * with its exit code.
 */
export async function measure<R extends { readonly met: boolean }>(
  options: SloOptions,
  run: (pairs: readonly Pair[], signal: AbortSignal) => Promise<R>,
  lines: (report: R) => readonly string[],
  fate?: Fate,
): Promise<void> {
  const settings = readSettings(options);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => stop.abort());
  try {
    const pairs = await openPairs(options, settings, fate);
    try {
      const report = await run(pairs, stop.signal);
      for (const line of options.output === 'json' ? [JSON.stringify(report)] : lines(report)) say(line);
      process.exitCode = report.met ? exitCode.ok : exitCode.failed;
    } finally {
      await Promise.all(pairs.map((pair) => pair.close()));
    }
  } catch (error) {
    fail(error, error instanceof Fault && error.kind === argumentInvalid ? exitCode.usage : exitCode.failed);
  }
}

async function openPairs(
  { target, rate, talk }: SloOptions,
  settings: SloSettings,
  fate: Fate | undefined,
): Promise<Pair[]> {
  const atOnce = rate * talk;
  if (atOnce > mostAtOnce) {
    const detail = `--rate times --talk is ${atOnce} calls at a time; ${mostAtOnce} are possible`;
    throw new Fault(argumentInvalid, detail);
  }
  const users = diagnostics(derive(await runningSecret(settings), 'doctor'));
  const targets = target ?? firstOfEach(settings.sipListen.map(proxyAt));
  return Promise.all(targets.map((each) => Pair.open(each, users, fate)));
}

function limitOption({ name, bound, unit, meaning }: Limited): Option {
  return numberOption(`--${bound}-${name} <${unit}>`, `${bound === 'min' ? 'least' : 'most'} ${meaning}`);
}

function readSettings({ sipListen, clusterSecret, data }: SloOptions): SloSettings {
  try {
    const flags = { sipListen, clusterSecret, data };
    return parseSettings(sloSettings, { flags, env: process.env, others: everySetting });
  } catch (error) {
    return fail(error, exitCode.usage);
  }
}
