import { Kubernetes, type Tier, tiers } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { Command, InvalidArgumentError, Option } from 'commander';
import { kill } from '../chaos/deaths.ts';
import { planOf } from '../chaos/plan.ts';
import { podsOf } from '../chaos/pods.ts';
import type { Population } from '../chaos/population.ts';
import { processesOf, type TierProcess } from '../chaos/processes.ts';
import { type ChaosReport, chaosLines, chaosReport } from '../chaos/report.ts';
import { argumentInvalid } from '../faults.ts';
import { placeCalls } from '../slo/load.ts';
import type { Pair } from '../slo/pair.ts';
import { reportOf } from '../slo/report.ts';
import { countOption, secondsOption } from './number.ts';
import { addSloOptions, limitsOf, measure, type SloOptions } from './slo-options.ts';

interface Options extends SloOptions {
  readonly seed: number;
  readonly kills: number;
  /** In seconds. */
  readonly every: number;
  readonly tiers: readonly Tier[];
  /** A label selector. */
  readonly pods?: string;
  readonly processes?: readonly TierProcess[];
}

/** What a death may cost: calls that ring at an edge die with it, and audio is away until another worker has it. */
const limits = { answered: 99, 'delay-p99': 5_000, loss: 5, gap: 3_000 };

/** `tandem chaos` */
export function chaosCommand(): Command {
  const command = new Command('chaos')
    .description('kills nodes by a seed while it places calls, and says what each death cost')
    .addOption(countOption('--seed <number>', 'who dies when: the same for the same seed').default(1))
    .addOption(countOption('--kills <number>', 'how many die').default(4))
    .addOption(secondsOption('--every <seconds>', 'how long from one death to the next').default(20))
    .addOption(
      new Option('--tiers <tiers>', 'whose nodes, with commas between')
        .default(['edge', 'router', 'media'], 'edge,router,media')
        .argParser((text) => text.split(',').map(parseTier)),
    )
    .option('--pods <labels>', 'kills pods of its own namespace that this label selector leaves')
    .addOption(
      new Option(
        '--processes <list>',
        'kills processes of this machine, such as edge:4711,edge:4712',
      ).argParser((text) => text.split(',').map(parseProcess)),
    );
  return addSloOptions(command, limits).action((options: Options) =>
    measure(options, (pairs, signal) => run(options, pairs, signal), chaosLines),
  );
}

async function run(options: Options, pairs: readonly Pair[], signal: AbortSignal): Promise<ChaosReport> {
  const { seed, kills, rate, talk, tiers: mortal } = options;
  const every = options.every * 1_000;
  const plan = planOf(seed, { tiers: mortal, kills, every });
  const population = populationOf(options);
  const calls = Math.ceil((kills + 1) * options.every * rate);
  const [placed, deaths] = await Promise.all([
    placeCalls(pairs, { calls, rate, talkTime: talk * 1_000 }, signal),
    kill(plan, population, performance.now(), signal),
  ]);
  return chaosReport(reportOf(placed, limitsOf(options)), { seed, planned: kills }, deaths, placed);
}

function populationOf({ pods, processes }: Options): Population {
  if (processes) return processesOf(processes);
  if (pods === undefined) throw new Fault(argumentInvalid, 'say whom to kill: --pods or --processes');
  const api = Kubernetes.inCluster(process.env);
  if (!api)
    throw new Fault(argumentInvalid, '--pods: this is no pod, or it has no service account (--processes)');
  return podsOf(api, pods);
}

function parseTier(text: string): Tier {
  const tier = tiers.find((each) => each === text);
  if (tier) return tier;
  throw new InvalidArgumentError(`must be of ${tiers.join(', ')}`);
}

function parseProcess(text: string): TierProcess {
  const [, tier = '', pid] = /^(\w+):([0-9]{1,7})$/.exec(text) ?? [];
  if (pid === undefined) throw new InvalidArgumentError('must be tier:pid, several with commas between');
  return { tier: parseTier(tier), pid: Number(pid) };
}
