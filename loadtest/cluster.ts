/**
 * What a call costs in processor time when edge, router, media worker and servers are processes of their own, against
 * all tiers in one process, round by round in the same run. `node loadtest/cluster.ts --rate 100 --seconds 20 --rounds 3`;
 * as root.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Cluster } from '../test/harness/cluster.ts';
import type { Host } from '../test/harness/host.ts';
import { Network } from '../test/harness/network.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { cpuSeconds, insideNamespace, say } from './measure.ts';
import { answerCalls, placeCalls, tenant } from './round.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const servers = ['nats-server', 'redis-server', 'etcd'] as const;

/** Who does the work, by name. */
type Workers = Readonly<Record<string, number>>;

/** One way to run Tandem, and the machine that calls through it. */
interface Setup {
  readonly name: string;
  readonly proxy: string;
  readonly phones: Host;
  /** Process ids. */
  readonly workers: Workers;
}

async function main(): Promise<number> {
  const cluster = await Cluster.start('distributed', { tenant, counts: { edge: 1, router: 1, media: 1 } });
  const network = await Network.open('embedded');
  try {
    const tandem = await Tandem.start(await network.host('tandem'), tenant, ['--log-level', 'warn']);
    return await compare(
      {
        name: 'embedded',
        proxy: tandem.proxy,
        phones: await network.host('phones'),
        workers: { 'tandem up': tandem.pid },
      },
      {
        name: 'distributed',
        proxy: cluster.proxy,
        phones: await cluster.network.host('phones'),
        workers: {
          edge: cluster.edge(0).pid,
          router: cluster.router(0).pid,
          media: cluster.media(0).pid,
          ...serverPids(),
        },
      },
    );
  } finally {
    await Promise.all([network.close(), cluster.close()]);
  }
}

async function compare(embedded: Setup, distributed: Setup): Promise<number> {
  for (const { phones, proxy } of [embedded, distributed]) await answerCalls(phones, proxy);
  const ratios: number[] = [];
  let failed = 0;
  for (let round = 1; round <= Number(values.rounds); round++) {
    const [one, all] = [await run(round, embedded), await run(round, distributed)];
    failed += one.failed + all.failed;
    ratios.push(all.cost / one.cost);
  }
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)]!;
  say(`distributed against embedded, whole system: ${median.toFixed(2)} times the processor time of a call`);
  return failed;
}

/** Microseconds of a call, all workers together. */
async function run(
  round: number,
  { name, phones, proxy, workers }: Setup,
): Promise<{ cost: number; failed: number }> {
  const before = usage(workers);
  const { successful, errors } = await placeCalls(phones, proxy, { rate, seconds });
  const after = usage(workers);
  const calls = rate * seconds;
  const costs = Object.keys(workers).map(
    (worker) => [worker, ((after[worker]! - before[worker]!) / calls) * 1e6] as const,
  );
  const cost = costs.reduce((sum, [, each]) => sum + each, 0);
  const parts = costs.map(([worker, each]) => `${worker} ${each.toFixed(0)}`).join(', ');
  say(`round ${round}, ${name}: ${successful} of ${calls} calls, ${cost.toFixed(0)} us a call (${parts})`);
  if (successful < calls) say(errors.split('\n').slice(0, 5).join('\n'));
  return { cost, failed: calls - successful };
}

function usage(workers: Workers): Workers {
  return Object.fromEntries(Object.entries(workers).map(([name, pid]) => [name, cpuSeconds(pid)]));
}

/** The servers are the only ones of their names: this program has a process namespace of its own. */
function serverPids(): Workers {
  const found = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  const named = found.map((pid) => [nameOf(pid), Number(pid)] as const);
  return Object.fromEntries(named.filter(([name]) => (servers as readonly string[]).includes(name)));
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
  } catch {
    return '';
  }
}

if (insideNamespace()) process.exitCode = (await main()) === 0 ? 0 : 1;
