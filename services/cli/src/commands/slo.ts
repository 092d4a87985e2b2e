import { Command } from 'commander';
import { placeCalls } from '../slo/load.ts';
import { reportLines, reportOf } from '../slo/report.ts';
import { countOption, secondsOption } from './number.ts';
import { addSloOptions, limitsOf, measure, type SloOptions } from './slo-options.ts';

interface Options extends SloOptions {
  readonly calls: number;
  /** In seconds. */
  readonly for?: number;
}

/** `tandem slo` */
export function sloCommand(): Command {
  const command = new Command('slo')
    .description('places calls with audio through a running system, and says which objectives they meet')
    .addOption(countOption('--calls <number>', 'how many calls').default(20))
    .addOption(secondsOption('--for <seconds>', 'how long to place calls, instead of --calls'));
  return addSloOptions(command).action(run);
}

async function run(options: Options): Promise<void> {
  const { rate, talk, for: duration } = options;
  const calls = duration === undefined ? options.calls : Math.ceil(duration * rate);
  await measure(
    options,
    async (pairs, signal) =>
      reportOf(await placeCalls(pairs, { calls, rate, talkTime: talk * 1_000 }, signal), limitsOf(options)),
    reportLines,
  );
}
