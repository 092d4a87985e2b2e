import type { router } from '@tandem/contract';
import { load } from '@tandem/resource';
import { dryRun } from '@tandem/router';
import { Fault } from '@tandem/sip';
import { Command, InvalidArgumentError, Option } from 'commander';
import { askSystem } from '../client.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid, routingElsewhere } from '../faults.ts';
import type { DryRunAnswer } from '../listings.ts';
import { say, table } from '../output.ts';
import { addHttpAddress, httpAddress } from './settings-options.ts';

interface Options {
  readonly from: string;
  readonly to: string;
  /** In milliseconds since 1970 UTC. */
  readonly at?: number;
  readonly source?: string;
  readonly file?: string;
  readonly output: string;
  readonly httpListen?: string;
}

/** `tandem route test` */
export function routeCommand(): Command {
  const test = new Command('test')
    .description('the verdict on a call and how it is reached; nothing is sent')
    .requiredOption('--from <user>', 'the caller: 1001, 1001@domain or a SIP URI; taken as proven')
    .requiredOption('--to <target>', 'the callee: 1002, an alias, a number or a URI')
    .addOption(new Option('--at <time>', 'when, in ISO 8601; now when unset').argParser(moment))
    .option('--source <ip>', 'the IP address that the call comes from')
    .option('-f, --file <folder>', 'decide by this folder of configuration instead of the running system')
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  addHttpAddress(test);
  test.action((options: Options) => run(options));
  return new Command('route').description('how calls are routed').addCommand(test);
}

async function run(options: Options): Promise<void> {
  try {
    const { file } = options;
    const verdict = file === undefined ? await askRunning(options) : await decideByFolder(file, options);
    say(options.output === 'json' ? JSON.stringify(verdict, undefined, 2) : explain(verdict));
  } catch (error) {
    fail(error, exitCode.failed);
  }
}

async function askRunning({
  from,
  to,
  at = Date.now(),
  source,
  httpListen: listen,
}: Options): Promise<router.Verdict> {
  const query = { from, to, at: String(at), source: source ?? '' };
  const answer = await askSystem<DryRunAnswer>(httpAddress(listen), '/v1/route', query);
  if ('verdict' in answer) return answer.verdict;
  if ('elsewhere' in answer) throw new Fault(routingElsewhere, answer.elsewhere);
  throw new Fault(argumentInvalid, answer.refused);
}

/** Without a running system nobody is registered. */
async function decideByFolder(
  folder: string,
  { from, to, at = Date.now(), source }: Options,
): Promise<router.Verdict> {
  return dryRun(await load(folder), async () => new Map(), { from, to, source }, at);
}

function moment(text: string): number {
  const parsed = Date.parse(text);
  if (Number.isNaN(parsed)) throw new InvalidArgumentError('must be a time, such as 2026-12-24T18:00:00Z');
  return parsed;
}

function explain({ decision, explanation }: router.Verdict): string {
  const steps = explanation.map(({ rule, finding }) => [rule, finding]);
  return `${table(['rule', 'finding'], steps)}\n\n${conclude(decision)}`;
}

function conclude(decision: router.Verdict['decision']): string {
  if (decision?.$case === 'relay') return ['rings', ...decision.value.groups.map(describeGroup)].join('\n');
  if (decision?.$case === 'reject') {
    const { status, reason, fault } = decision.value;
    return `refused with ${status} ${reason} (${fault}, see docs/errors.md)`;
  }
  return `verdict: ${decision?.$case}`;
}

function describeGroup({ targets, ringTimeout }: router.Group): string {
  return `  ${targets.map(({ uri }) => uri).join(' and ')} for ${ringTimeout} s`;
}
