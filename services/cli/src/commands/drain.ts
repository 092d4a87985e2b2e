import { setTimeout as delay } from 'node:timers/promises';
import { type HostPort, tiers } from '@tandem/platform';
import { Fault } from '@tandem/sip';
import { Command, Option } from 'commander';
import { readListing, tellSystem } from '../client.ts';
import type { DrainAnswer } from '../cluster/drain.ts';
import type { NodeRow } from '../cluster/nodes.ts';
import { exitCode, fail } from '../exit.ts';
import { argumentInvalid, drainOverdue } from '../faults.ts';
import type { Refused } from '../listings.ts';
import { say } from '../output.ts';
import { secondsOption } from './number.ts';
import { addHttpAddress, httpAddress } from './settings-options.ts';

interface Options {
  readonly tier?: string;
  /** In seconds. */
  readonly timeout: number;
  readonly httpListen?: string;
}

/** Milliseconds between two looks at what is left. */
const lookEvery = 500;

/** `tandem drain [NODE]` */
export function drainCommand(): Command {
  const command = new Command('drain')
    .description('lets a node hand over what it has: new calls go elsewhere; ends when nothing is left')
    .argument('[node]', 'the id of the node, see `tandem nodes`; the one that is asked unless it is given')
    .addOption(new Option('--tier <tier>', 'where two tiers have a node of that id').choices(tiers))
    .addOption(secondsOption('--timeout <seconds>', 'how long to wait until nothing is left').default(300));
  addHttpAddress(command);
  return command.action(async (node: string | undefined, options: Options) => {
    try {
      await drain(node ?? '', options, httpAddress(options.httpListen));
    } catch (error) {
      fail(error, exitCode.failed);
    }
  });
}

async function drain(node: string, { tier = '', timeout }: Options, address: HostPort): Promise<void> {
  const begun = await tellSystem<DrainAnswer | Refused>(address, '/v1/drain', { node, tier });
  if ('refused' in begun) throw new Fault(argumentInvalid, begun.refused);
  say(`${begun.tier} ${begun.id} takes nothing new`);
  const deadline = Date.now() + timeout * 1000;
  let told: number | undefined;
  for (;;) {
    const left = await leftOf(begun, address);
    if (left === 0) break;
    if (left !== told) say(`${left} left`);
    told = left;
    if (Date.now() > deadline) throw new Fault(drainOverdue, `${begun.tier} ${begun.id}: ${left} left`);
    await delay(lookEvery);
  }
  say(`${begun.tier} ${begun.id} has nothing left: it can be stopped`);
}

/** A node that is gone has nothing left either. */
async function leftOf({ tier, id }: DrainAnswer, address: HostPort): Promise<number> {
  const nodes = await readListing<NodeRow>(address, '/v1/nodes');
  const node = nodes.find((row) => row.tier === tier && row.id === id);
  return node?.load ?? 0;
}
