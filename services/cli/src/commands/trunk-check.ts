import { styleText } from 'node:util';
import type { trunk as contract } from '@tandem/contract';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { tellSystem } from '../client.ts';
import type { TrunkCheck } from '../cluster/trunk-check.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import { addHttpAddress, httpAddress } from './settings-options.ts';

interface Options {
  readonly tenant?: string;
  readonly output: 'text' | 'json';
  readonly httpListen?: string;
}

/** Milliseconds: names, connections, a registrar and contacts may all be silent for a while. */
const timeout = 65_000;
/** Columns before what was seen. */
const margin = ' '.repeat(24);

/** `tandem trunk check` */
export function trunkCheckCommand(): Command {
  const command = new Command('check')
    .description(
      'looks at each part of a trunk, one after the other, and says what is wrong where; nobody is rung',
    )
    .argument('<name>', 'the trunk')
    .option('--tenant <name>', 'whose it is, where several tenants have one of the name')
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  return addHttpAddress(command).action(run);
}

async function run(trunk: string, { httpListen, output, tenant = '' }: Options): Promise<void> {
  try {
    const query = { trunk, tenant };
    const address = httpAddress(httpListen);
    const answer = await tellSystem<TrunkCheck | { refused: string }>(
      address,
      '/v1/trunks/check',
      query,
      timeout,
    );
    if ('refused' in answer) throw new Fault(argumentInvalid, answer.refused);
    say(output === 'json' ? JSON.stringify(answer, undefined, 2) : answer.steps.map(stepText).join('\n'));
    if (answer.steps.some(({ status }) => status === 'failed')) process.exitCode = exitCode.failed;
  } catch (error) {
    fail(error, exitCode.failed);
  }
}

const colours = { ok: 'green', failed: 'red', unknown: 'yellow', skipped: 'gray' } as const;

function stepText({ evidence, fault, hint, layer, name, object, status }: contract.Step): string {
  const colour = colours[status as keyof typeof colours];
  const head = styleText(colour, status.padEnd(8), { stream: process.stdout });
  const [first = '', ...others] = evidence;
  const problem = fault === '' ? [] : [`${layer}: ${object}: ${fault}`, hint];
  return [
    `${head}  ${name.padEnd(12)}  ${first}`,
    ...[...others, ...problem].map((line) => margin + line),
  ].join('\n');
}
