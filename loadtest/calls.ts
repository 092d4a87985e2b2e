/**
 * Calls a second through `tandem up`: sipp with digest on one side, sipp that answers on the other, all in one private
 * network namespace. `node loadtest/calls.ts --rate 500 --seconds 60 --rounds 2 --over udp`, or over `tcp` with one connection,
 * or `tcp-each` with one for each call; as root.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Host } from '../test/harness/host.ts';
import type { Network } from '../test/harness/network.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { Inspector } from './inspector.ts';
import { cpuSeconds, onNetwork, residentKilobytes, say } from './measure.ts';
import { answerCalls, placeCalls, tenant, ways } from './round.ts';

const inspectorPort = 9229;
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '2' },
    /** What they are placed over: udp, tcp, or tcp-each with a connection for each call. */
    over: { type: 'string', default: 'udp' },
    /** Seconds between the end of a round and the look at the heap: timer L, and a little more. */
    settle: { type: 'string', default: '40' },
    /** A folder for a processor profile of Tandem. */
    profile: { type: 'string' },
  },
});
const rate = Number(values.rate);
const way = ways.find((each) => each === values.over) ?? 'udp';
const calls = rate * Number(values.seconds);

async function load(network: Network): Promise<number> {
  // One machine: a bridge between namespaces would cost more than what is measured.
  const host = await network.host('load');
  const inspect = `${host.address}:${inspectorPort}`;
  const tandem = await Tandem.start(
    host,
    tenant,
    ['--log-level', 'warn'],
    [
      `--inspect=${inspect}`,
      ...(values.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', values.profile]),
    ],
  );
  const inspector = await Inspector.connect(inspect);
  const phones = await answerCalls(host, tandem.proxy);
  let failed = 0;
  say(`heap in use before: ${mebibytes(await inspector.heapUsed())} MiB`);
  for (let round = 1; round <= Number(values.rounds); round++) {
    failed += await runRound(tandem, host, round);
    await delay(Number(values.settle) * 1000);
    const heap = mebibytes(await inspector.heapUsed());
    say(
      `round ${round}: heap in use after the timers ${heap} MiB, resident ${residentKilobytes(tandem.pid)} kB`,
    );
  }
  inspector.close();
  await phones.stop();
  await tandem.stop();
  return failed;
}

async function runRound(tandem: Tandem, host: Host, round: number): Promise<number> {
  const before = cpuSeconds(tandem.pid);
  const began = performance.now();
  const result = await placeCalls(host, tandem.proxy, { rate, seconds: Number(values.seconds), way });
  const seconds = (performance.now() - began) / 1000;
  const cpu = cpuSeconds(tandem.pid) - before;
  say(
    `round ${round}: ${result.successful} of ${calls} calls, ${result.failed} failed, ${(result.successful / seconds).toFixed(0)} a second, ` +
      `${((cpu / calls) * 1e6).toFixed(0)} us CPU a call, resident ${residentKilobytes(tandem.pid)} kB`,
  );
  if (result.failed > 0) say(result.errors.split('\n').slice(0, 20).join('\n'));
  return calls - result.successful;
}

function mebibytes(octets: number): string {
  return (octets / 2 ** 20).toFixed(1);
}

await onNetwork('load', load);
