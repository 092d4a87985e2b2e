import { Fault } from '@tandem/sip';
import { Command } from 'commander';
import { storyOf } from '../calls/story.ts';
import { tell } from '../calls/telling.ts';
import { askSystem } from '../client.ts';
import { exitCode, fail } from '../exit.ts';
import { traceUnknown } from '../faults.ts';
import type { CallRow } from '../listings.ts';
import { say } from '../output.ts';
import { printable } from '../trace/printable.ts';
import type { TraceAnswer } from '../trace/served.ts';
import { listCommand } from './list.ts';
import { addHttpAddress, httpAddress } from './settings-options.ts';

interface Options {
  readonly output: string;
  readonly httpListen?: string;
}

/** `tandem calls`, which lists those in progress, with `show` */
export function callsCommand(): Command {
  const list = listCommand<CallRow>('calls', 'which calls are in progress', {
    call: ({ id }) => id,
    state: ({ state }) => state,
    for: ({ seconds }) => `${seconds} s`,
    caller: ({ caller }) => caller,
    callee: ({ callee }) => callee,
    target: ({ target }) => target,
    node: ({ node }) => node,
  });
  return list.addCommand(showCommand());
}

function showCommand(): Command {
  const command = new Command('show')
    .description('how a call of the last 24 hours was decided, how it ended, and what broke it')
    .argument('<call>', "the SIP Call-ID, or Tandem's id of the call");
  addHttpAddress(command);
  return command.action(async (call: string, _own: Options, self: Command) => {
    try {
      await show(call, self.optsWithGlobals<Options>());
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

async function show(call: string, { httpListen, output }: Options): Promise<void> {
  const { batches } = await askSystem<TraceAnswer>(httpAddress(httpListen), '/v1/trace', { call });
  if (batches.length === 0) throw new Fault(traceUnknown, call);
  const story = storyOf(batches);
  say(output === 'json' ? JSON.stringify(story, undefined, 2) : printable(tell(story)));
}
