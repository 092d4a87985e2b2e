/**
 * Calls a second through `tandem up`: sipp with digest on one side, sipp that answers on the other, all in one private
 * network namespace. `node loadtest/calls.ts --rate 500 --seconds 60 --rounds 2`; as root.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Host } from '../test/harness/host.ts';
import { Network } from '../test/harness/network.ts';
import { credentials, Sipp } from '../test/harness/sipp.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { Inspector } from './inspector.ts';
import { cpuSeconds, insideNamespace, residentKilobytes, say } from './measure.ts';

const domain = 'acme.example';
const users = ['1001', '1002'].map((name) => ({ name, password: `secret-of-${name}` }));
const callerPort = 5070;
const calleePort = 5080;
const inspectorPort = 9229;
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '2' },
    /** Seconds between the end of a round and the look at the heap: timer L, and a little more. */
    settle: { type: 'string', default: '40' },
    /** A folder for a processor profile of Tandem. */
    profile: { type: 'string' },
  },
});
const rate = Number(values.rate);
const calls = rate * Number(values.seconds);

async function main(): Promise<number> {
  const network = await Network.open('load');
  try {
    return await load(network);
  } finally {
    await network.close();
  }
}

async function load(network: Network): Promise<number> {
  // One machine: a bridge between namespaces would cost more than what is measured.
  const host = await network.host('load');
  const inspect = `${host.address}:${inspectorPort}`;
  const tenant = { name: 'acme', domains: [domain], users };
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
  const [, answering] = users;
  const register = await Sipp.start(host, {
    scenario: 'register',
    port: calleePort,
    remote: tandem.proxy,
    calls: 1,
    lines: [[answering!.name, credentials(answering!.name, answering!.password)]],
    digestUri: domain,
    keys: { domain },
  });
  await register.succeed();
  const phones = await Sipp.start(host, { scenario: 'uas-answer', port: calleePort, traced: false });
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
  const [calling, answering] = users;
  const before = cpuSeconds(tandem.pid);
  const began = performance.now();
  const sipp = await Sipp.start(host, {
    port: callerPort,
    scenario: 'uac-invite',
    remote: tandem.proxy,
    calls,
    rate,
    service: answering!.name,
    user: calling!.name,
    password: calling!.password,
    digestUri: `${answering!.name}@${domain}`,
    keys: { caller: calling!.name, domain },
    traced: false,
  });
  const result = await sipp.finish((Number(values.seconds) + 60) * 1000);
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

if (insideNamespace()) process.exitCode = (await main()) === 0 ? 0 : 1;
