import type { HostPort, TraceBatch } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { askSystem } from '../client.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid, traceUnknown } from '../faults.ts';
import { say } from '../output.ts';
import { follow } from '../trace/follow.ts';
import { ladder } from '../trace/ladder.ts';
import { printable } from '../trace/printable.ts';
import type { TraceAnswer } from '../trace/served.ts';
import { timeline } from '../trace/timeline.ts';
import { addHttpAddress, httpAddress } from './settings-options.ts';

interface Options {
  readonly follow?: boolean;
  readonly user?: string;
  readonly verbose?: boolean;
  readonly output: 'text' | 'json';
  readonly httpListen?: string;
}

/** `tandem trace CALL-ID`, `tandem trace --follow` */
export function traceCommand(): Command {
  const command = new Command('trace')
    .description('what happened to a call: each SIP message at each hop, decisions with their reasons, media')
    .argument('[call-id]', "the SIP Call-ID, or Tandem's id of the call")
    .option('--follow', 'all calls from now on, as they happen')
    .option('--user <user>', 'with --follow: only calls of 1001, or of 1001@domain')
    .option('--verbose', 'with all of each message')
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'));
  addHttpAddress(command);
  return command.action(async (call: string | undefined, options: Options) => {
    try {
      await run(call, options);
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

async function run(call: string | undefined, options: Options): Promise<void> {
  const address = httpAddress(options.httpListen);
  if (call === undefined && options.follow) return watch(address, options);
  if (call !== undefined && !options.follow && options.user === undefined)
    return show(address, call, options);
  throw new Fault(argumentInvalid, 'either a Call-ID, or --follow with or without --user');
}

async function show(address: HostPort, call: string, options: Options): Promise<void> {
  const { batches } = await askSystem<TraceAnswer>(address, '/v1/trace', { call });
  if (batches.length === 0) throw new Fault(traceUnknown, call);
  print(batches, options);
}

async function watch(address: HostPort, options: Options): Promise<void> {
  const begun = (): void => void process.stderr.write('calls are shown as they happen; Ctrl-C ends that\n');
  for await (const batch of follow(address, options.user, begun)) print([batch], options);
}

function print(batches: readonly TraceBatch[], { output, verbose = false }: Options): void {
  if (output === 'json') {
    for (const batch of batches) say(JSON.stringify(batch));
    return;
  }
  const named = new Set(
    batches.flatMap(({ callId, call }) => [callId && `Call-ID ${callId}`, call && `call ${call}`]),
  );
  say(printable([...named].filter(Boolean).join(', ')));
  say(`${ladder(timeline(batches), { verbose })}\n`);
}
