import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { TraceBatch } from '@tandem/platform';
import { load } from '@tandem/resource';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import { recordedCalls } from '../replay/recorded.ts';
import { type Difference, replay } from '../replay/replay.ts';

interface Options {
  readonly file: string;
  readonly against: string;
  readonly limit: string;
  readonly output: 'text' | 'json';
}

/** `tandem replay` */
export function replayCommand(): Command {
  return new Command('replay')
    .description('recorded calls by a proposed configuration: what would become of them that does not now')
    .argument('<recording>', 'what `tandem trace --follow -o json` has written, or - for standard input')
    .requiredOption('-f, --file <folder>', 'the proposed configuration')
    .requiredOption('--against <folder>', 'the configuration that it is compared with')
    .option('--limit <count>', 'so many differences are shown', '50')
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .action(async (recording: string, options: Options) => {
      try {
        await run(recording, options);
      } catch (error) {
        fail(error, exitCode.usage);
      }
    });
}

async function run(recording: string, { file, against, limit, output }: Options): Promise<void> {
  const [current, proposed] = await Promise.all([load(against), load(file)]);
  const calls = recordedCalls(await batchesOf(recording));
  let different = 0;
  for await (const difference of replay(calls, current, proposed)) {
    if (different++ < Number(limit))
      say(output === 'json' ? JSON.stringify(difference) : describe(difference));
  }
  if (output === 'text') say(`${calls.length} calls, ${different} of them otherwise`);
  // As diff does it.
  if (different > 0) process.exitCode = exitCode.failed;
}

async function batchesOf(recording: string): Promise<TraceBatch[]> {
  const input = recording === '-' ? process.stdin : createReadStream(recording);
  const batches: TraceBatch[] = [];
  let line = 0;
  try {
    for await (const text of createInterface({ input })) {
      line++;
      if (text.trim() !== '') batches.push(JSON.parse(text) as TraceBatch);
    }
  } catch (cause) {
    const where = line === 0 ? recording : `${recording}:${line}`;
    throw new Fault(argumentInvalid, `${where}: ${(cause as Error).message}`, { cause });
  }
  return batches;
}

function describe({ call, before, after }: Difference): string {
  const { at, callId, from, source, to } = call;
  return [
    `${new Date(at).toISOString()} ${from} (${source}) calls ${to}, Call-ID ${callId}`,
    `  - ${before}`,
    `  + ${after}`,
  ].join('\n');
}
