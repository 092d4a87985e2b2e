import { Kubernetes } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { Command, InvalidArgumentError, Option } from 'commander';
import { disturb } from '../chaos/disturbances.ts';
import { type Part, parts } from '../chaos/parts.ts';
import { type Planned, planOf } from '../chaos/plan.ts';
import { podsOf } from '../chaos/pods.ts';
import type { Population } from '../chaos/population.ts';
import { type PartProcess, processesOf } from '../chaos/processes.ts';
import { recovery } from '../chaos/recovery.ts';
import { type ChaosReport, chaosLines, chaosReport } from '../chaos/report.ts';
import { Spoiling } from '../chaos/spoiling.ts';
import { argumentInvalid } from '../faults.ts';
import { placeCalls } from '../slo/load.ts';
import { objectives } from '../slo/objective.ts';
import type { Pair } from '../slo/pair.ts';
import { secondsOption, wholeOption } from './number.ts';
import { addSloOptions, limitsOf, measure, type SloOptions } from './slo-options.ts';

interface Options extends SloOptions {
  readonly seed: number;
  readonly kills: number;
  readonly cuts: number;
  readonly spoils: number;
  /** In seconds, like `for`. */
  readonly every: number;
  readonly for: number;
  readonly parts: readonly Part[];
  /** A label selector. */
  readonly pods?: string;
  readonly processes?: readonly PartProcess[];
}

/** What a disturbance may cost: calls that ring at an edge die with it, and audio is away until another worker has it. */
const limits = { answered: 98, 'delay-p99': 8_000, loss: 5, gap: 3_000 };
const limited = [...objectives, recovery];

/** `tandem chaos` */
export function chaosCommand(): Command {
  const command = new Command('chaos')
    .description(
      'kills nodes, cuts links and spoils RTP by a seed while it places calls, and says what each of it cost',
    )
    .addOption(
      wholeOption('--seed <number>', 'what befalls whom when: the same for the same seed').default(1),
    )
    .addOption(wholeOption('--kills <number>', 'how many nodes die').default(3))
    .addOption(wholeOption('--cuts <number>', 'how many nodes are cut off for a while').default(2))
    .addOption(wholeOption('--spoils <number>', 'how often the RTP of the calls is spoiled').default(1))
    .addOption(secondsOption('--every <seconds>', 'how long from one disturbance to the next').default(20))
    .addOption(secondsOption('--for <seconds>', 'how long a node is cut off, or RTP spoiled').default(5))
    .addOption(
      new Option('--parts <parts>', `whom: of ${parts.join(', ')}, with commas between`)
        .default(['edge', 'router', 'media'], 'edge,router,media')
        .argParser((text) => text.split(',').map(parsePart)),
    )
    .option('--pods <labels>', 'disturbs pods of its own namespace that this label selector leaves')
    .addOption(
      new Option(
        '--processes <list>',
        'disturbs processes of this machine, such as edge:4711,edge:4712',
      ).argParser((text) => text.split(',').map(parseProcess)),
    );
  return addSloOptions(command, limits, limited).action((options: Options) => {
    const spoiling = new Spoiling();
    const measured = (pairs: readonly Pair[], signal: AbortSignal): Promise<ChaosReport> =>
      run(options, spoiling, pairs, signal);
    return measure(options, measured, chaosLines, spoiling.fate);
  });
}

async function run(
  options: Options,
  spoiling: Spoiling,
  pairs: readonly Pair[],
  signal: AbortSignal,
): Promise<ChaosReport> {
  const { seed, rate, talk } = options;
  const plan = planned(options);
  const victims = { population: populationOf(options), spoiling };
  const calls = Math.ceil((plan.length + 1) * options.every * rate);
  const pace = { begin: performance.now(), lasts: options.for * 1_000 };
  const [placed, disturbances] = await Promise.all([
    placeCalls(pairs, { calls, rate, talkTime: talk * 1_000 }, signal),
    disturb(plan, victims, pace, signal),
  ]);
  const told = { seed, planned: plan.length, disturbances, calls: placed };
  return chaosReport(told, limitsOf(options, limited));
}

/** Nobody is cut off any more when the next disturbance comes, three quarters of `--every` later at the earliest. */
function planned(options: Options): readonly Planned[] {
  const { seed, every, parts: whom } = options;
  const counts = { kill: options.kills, cut: options.cuts, spoil: options.spoils };
  if (options.for > every / 2)
    throw new Fault(argumentInvalid, `--for ${options.for}: at most half of --every, ${every / 2}`);
  if (Object.values(counts).every((count) => count === 0))
    throw new Fault(argumentInvalid, '--kills, --cuts and --spoils are all 0');
  return planOf(seed, { parts: whom, counts, every: every * 1_000 });
}

function populationOf({ kills, cuts, pods, processes }: Options): Population {
  if (processes || kills + cuts === 0) return processesOf(processes ?? []);
  if (pods === undefined) throw new Fault(argumentInvalid, 'say whom to disturb: --pods or --processes');
  const api = Kubernetes.inCluster(process.env);
  if (!api)
    throw new Fault(argumentInvalid, '--pods: this is no pod, or it has no service account (--processes)');
  return podsOf(api, pods);
}

function parsePart(text: string): Part {
  const part = parts.find((each) => each === text);
  if (part) return part;
  throw new InvalidArgumentError(`must be of ${parts.join(', ')}`);
}

function parseProcess(text: string): PartProcess {
  const [, part = '', pid] = /^(\w+):([0-9]{1,7})$/.exec(text) ?? [];
  if (pid === undefined) throw new InvalidArgumentError('must be part:pid, several with commas between');
  return { part: parsePart(part), pid: Number(pid) };
}
