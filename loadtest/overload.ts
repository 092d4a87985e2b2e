/**
 * What is left of an edge's work when more is asked of it than it can do. Finds out how many calls a second
 * `tandem up` can do, then offers one, two and three times as many, with emergency calls among them, and then less than
 * it can do. `node loadtest/overload.ts --seconds 60`; as root, on a machine that does nothing else.
 *
 * Ends with 1 unless at three times the capacity nine tenths of the most is done, every attempt has an answer, every
 * emergency call goes through, and all calls are taken again within ten seconds.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Host } from '../test/harness/host.ts';
import { Network } from '../test/harness/network.ts';
import { seriesOf, sumOf } from '../test/harness/scrape.ts';
import { Sipp, type SippResult } from '../test/harness/sipp.ts';
import { Tandem } from '../test/harness/tandem.ts';
import { cpuSeconds, insideNamespace, say } from './measure.ts';
import { answerCalls, tenant } from './round.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    /** Calls a second with which the search for the capacity begins. */
    from: { type: 'string', default: '100' },
    /** The capacity in calls a second, when it is known. */
    capacity: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const scenario = join(import.meta.dirname, 'scenarios/uac-overload.xml');
const [calling, answering] = tenant.users;
const [domain] = tenant.domains;
const emergency = '112';
/** Seconds of each step of the search, and how much more each step offers. */
const stepSeconds = 8;
const growth = 1.3;
const warmUp: Callers = { port: 5070, callee: answering!.name, rate: 50, seconds: 10 };
/** Emergency calls a second. */
const emergencies = 2;
const recoverySeconds = 20;

interface Outcome {
  readonly attempts: number;
  readonly answered: number;
  readonly refused: number;
  /** Those that were told something else than 503. */
  readonly otherwise: number;
  /** Nobody told them anything. */
  readonly silent: number;
  /** Answered calls a second. */
  readonly goodput: number;
}

interface Callers {
  readonly port: number;
  readonly callee: string;
  readonly rate: number;
  readonly seconds: number;
}

function place(host: Host, proxy: string, { port, callee, rate, seconds }: Callers): Promise<Sipp> {
  return Sipp.start(host, {
    scenario,
    port,
    remote: proxy,
    calls: Math.round(rate * seconds),
    rate,
    limit: 1_000_000,
    service: callee,
    user: calling!.name,
    password: calling!.password,
    digestUri: `${callee}@${domain}`,
    keys: { caller: calling!.name, domain: domain! },
    traced: false,
  });
}

async function outcomeOf(sipp: Sipp, { seconds }: Callers): Promise<Outcome> {
  const result = await sipp.finish((seconds + 90) * 1000);
  const { statistics: said } = result;
  const [answered, refused] = [counted(result, 'answered'), counted(result, 'refused')];
  const silent =
    Number(said.get('FailedMaxUDPRetrans(C)') ?? 0) + Number(said.get('FailedTimeoutOnRecv(C)') ?? 0);
  const attempts = result.successful + result.failed;
  return {
    attempts,
    answered,
    refused,
    silent,
    otherwise: attempts - answered - refused - silent,
    goodput: answered / seconds,
  };
}

function counted({ statistics }: SippResult, counter: string): number {
  const column = [...statistics.keys()].find((name) => name.includes(counter) && name.endsWith('(C)'));
  return Number(statistics.get(column ?? '') ?? Number.NaN);
}

/** The most calls a second that are all answered. */
async function findCapacity(host: Host, tandem: Tandem): Promise<number> {
  // Code that has just been read is slow.
  await outcomeOf(await place(host, tandem.proxy, warmUp), warmUp);
  let most = 0;
  for (let rate = Number(values.from); ; rate = Math.ceil(rate * growth)) {
    const callers = { port: 5070, callee: answering!.name, rate, seconds: stepSeconds };
    const outcome = await outcomeOf(await place(host, tandem.proxy, callers), callers);
    say(`${rate} calls/s offered: ${outcome.goodput.toFixed(0)} answered, ${outcome.refused} refused`);
    most = Math.max(most, outcome.goodput);
    if (outcome.goodput < rate * 0.98) return most;
  }
}

interface Round {
  readonly calls: Outcome;
  readonly help: Outcome;
}

async function offer(host: Host, tandem: Tandem, rate: number, times: number): Promise<Round> {
  const before = await seriesOf(tandem);
  const cpu = cpuSeconds(tandem.pid);
  const ordinary = { port: 5070, callee: answering!.name, rate: Math.round(rate * times), seconds };
  const urgent = { port: 5071, callee: emergency, rate: emergencies, seconds };
  const [one, other] = await Promise.all([
    place(host, tandem.proxy, ordinary),
    place(host, tandem.proxy, urgent),
  ]);
  const [calls, help] = await Promise.all([outcomeOf(one, ordinary), outcomeOf(other, urgent)]);
  const after = await seriesOf(tandem);
  const grown = (name: string): number => sumOf(after, name) - sumOf(before, name);
  say(
    `${times} x ${rate} calls/s for ${seconds} s: ${calls.goodput.toFixed(0)} answered a second; of ${calls.attempts} attempts ` +
      `${calls.answered} answered, ${calls.refused} told 503, ${calls.otherwise} told something else, ${calls.silent} told nothing; ` +
      `emergency calls ${help.answered} of ${help.attempts}; metrics: ${grown('tandem_calls_answered_total')} answered, ` +
      `${grown('tandem_sip_shed_total')} refusals sent; processor ${((cpuSeconds(tandem.pid) - cpu) / seconds).toFixed(2)}`,
  );
  return { calls, help };
}

/** Seconds until all calls are let in again, while less is offered than can be done. */
async function recovery(
  host: Host,
  tandem: Tandem,
  rate: number,
): Promise<{ seconds: number; calls: Outcome }> {
  const callers = {
    port: 5070,
    callee: answering!.name,
    rate: Math.round(rate * 0.7),
    seconds: recoverySeconds,
  };
  const began = performance.now();
  const sipp = await place(host, tandem.proxy, callers);
  let recovered = Number.POSITIVE_INFINITY;
  while (performance.now() - began < recoverySeconds * 1000) {
    const admitted = sumOf(await seriesOf(tandem).catch(() => ({})), 'tandem_edge_admitted_ratio');
    if (admitted === 1) recovered = Math.min(recovered, (performance.now() - began) / 1000);
    await delay(250);
  }
  return { seconds: recovered, calls: await outcomeOf(sipp, callers) };
}

async function main(): Promise<number> {
  const network = await Network.open('overload');
  try {
    const host = await network.host('overload');
    const users = tenant.users.map((user) => (user === answering ? { ...user, aliases: [emergency] } : user));
    const tandem = await Tandem.start(host, { ...tenant, users }, ['--log-level', 'warn']);
    const phones = await answerCalls(host, tandem.proxy);
    const capacity = Math.round(Number(values.capacity) || (await findCapacity(host, tandem)));
    say(`capacity: ${capacity} calls/s`);
    const rounds: Round[] = [];
    for (const times of [1, 2, 3]) rounds.push(await offer(host, tandem, capacity, times));
    const after = await recovery(host, tandem, capacity);
    say(
      `after that, at 0.7 x: all calls let in again after ${after.seconds.toFixed(1)} s; ${after.calls.refused} refused`,
    );
    for (const { msg, bottleneck, shed } of tandem.logs())
      say(`${String(msg)}: ${String(bottleneck)} ${JSON.stringify(shed ?? '')}`);
    await phones.stop();
    await tandem.stop();
    return verdict(capacity, rounds, after.seconds);
  } finally {
    await network.close();
  }
}

/** What was not as it should be. */
function verdict(capacity: number, rounds: readonly Round[], recovered: number): number {
  const peak = Math.max(capacity, ...rounds.map(({ calls }) => calls.goodput));
  const last = rounds.at(-1)!.calls.goodput;
  const failures = [
    last < 0.9 * peak &&
      `at three times the capacity ${((100 * last) / peak).toFixed(0)} % of the peak of ${peak.toFixed(0)} calls/s`,
    rounds.some(({ calls, help }) => calls.silent + help.silent > 0) && 'attempts without an answer',
    rounds.some(({ help }) => help.answered < help.attempts) && 'emergency calls that did not go through',
    recovered > 10 && 'no recovery within ten seconds',
  ].filter((each) => each !== false);
  say(failures.length === 0 ? 'all as it should be' : `not as it should be: ${failures.join('; ')}`);
  return failures.length;
}

if (insideNamespace()) process.exitCode = (await main()) === 0 ? 0 : 1;
