import type { BanAnswer } from '@tandem/edge';
import { Fault } from '@tandem/sip';
import { Command } from 'commander';
import { tellSystem } from '../client.ts';
import type { BanRow } from '../cluster/bans.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid } from '../faults.ts';
import { say } from '../output.ts';
import { readDuration } from './duration.ts';
import { listCommand } from './list.ts';
import { addHttpAddress, httpAddress } from './settings-options.ts';

interface Options {
  readonly for?: string;
  readonly httpListen?: string;
}

/** `tandem bans`, which lists them, with `add` and `remove` */
export function bansCommand(): Command {
  const list = listCommand<BanRow>('bans', 'which sources are banned, by all edges', {
    source: ({ source }) => source,
    policy: ({ policy }) => policy,
    count: ({ count }) => String(count),
    node: ({ node }) => node,
    since: ({ since }) => `${since} s`,
    'ends in': ({ endsIn }) => `${endsIn} s`,
    detail: ({ detail }) => detail,
  });
  const add = changeCommand('add', 'takes nothing from an address or a network', addBan);
  add.option('--for <duration>', 'how long, such as 90s, 15m, 24h, 30d', '1h');
  return list.addCommand(add).addCommand(changeCommand('remove', 'ends a ban', liftBan));
}

function changeCommand(
  name: string,
  description: string,
  change: (address: string, options: Options) => Promise<string>,
): Command {
  const command = new Command(name).description(description);
  command.argument('<address>', 'an address, or a network such as 192.0.2.0/24');
  addHttpAddress(command);
  return command.action(async (address: string, _own: Options, self: Command) => {
    try {
      say(await change(address, self.optsWithGlobals<Options>()));
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

async function addBan(address: string, options: Options): Promise<string> {
  const seconds = readDuration(options.for ?? '');
  if (seconds === undefined)
    throw new Fault(argumentInvalid, `--for ${options.for}: such as 90s, 15m or 24h`);
  const { source } = await order('/v1/bans/add', { address, seconds: String(seconds) }, options);
  return `${source} is banned for ${options.for}`;
}

async function liftBan(address: string, options: Options): Promise<string> {
  const { source } = await order('/v1/bans/remove', { address }, options);
  return `${source} is not banned any more`;
}

async function order(
  path: `/v1/${string}`,
  query: Readonly<Record<string, string>>,
  { httpListen }: Options,
): Promise<{ readonly source: string }> {
  const answer = await tellSystem<BanAnswer>(httpAddress(httpListen), path, query);
  if ('refused' in answer) throw new Fault(argumentInvalid, answer.refused);
  return answer.ban;
}
