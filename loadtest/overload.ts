/**
 * What is left of an edge's work when more is asked of it than it can do. Finds out how many calls a second
 * `tandem up` can do, then offers one, two and three times as many, with emergency calls among them, and then less than
 * it can do. `node loadtest/overload.ts --seconds 60`, or `--capacity 850 --times 3 --seconds 300` once that is known; as
 * root, on a machine that does nothing else. Tandem has the first processor, and who calls the others.
 *
 * Ends with 1 unless in the last round nine tenths of the most is done, every attempt has an answer, every
 * emergency call goes through, and all calls are taken again within ten seconds.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type { Host } from '../test/harness/host.ts';
import { Network } from '../test/harness/network.ts';
import { type Callers, type Outcome, offerCalls, outcomeOf } from '../test/harness/offered-calls.ts';
import { seriesOf, sumOf } from '../test/harness/scrape.ts';
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
    /** How many times the capacity is offered, round by round. */
    times: { type: 'string', default: '1,2,3' },
  },
});
const seconds = Number(values.seconds);
const [calling, answering] = tenant.users;
const [domain] = tenant.domains;
const emergency = '112';
/** Seconds of each step of the search, and how much more each step offers. */
const stepSeconds = 8;
const growth = 1.3;
/** Emergency calls a second. */
const emergencies = 2;
const recoverySeconds = 20;
/** Ports of media, so many that it is the edge that has too little: each call keeps some for two seconds after its end. */
const mediaPorts = '20000-59999';

function callersOf(callee: string, rate: number, forSeconds: number, port = 5070): Callers {
  return { port, callee, rate, seconds: forSeconds, domain: domain!, ...calling! };
}

async function offered(host: Host, tandem: Tandem, callers: Callers): Promise<Outcome> {
  return outcomeOf(await offerCalls(host, tandem.proxy, callers), callers);
}

/** The most calls a second that are all answered. */
async function findCapacity(host: Host, tandem: Tandem): Promise<number> {
  let most = 0;
  for (let rate = Number(values.from); ; rate = Math.ceil(rate * growth)) {
    const outcome = await offered(host, tandem, callersOf(answering!.name, rate, stepSeconds));
    say(
      `${rate} calls/s offered: ${(outcome.answered / stepSeconds).toFixed(0)} answered, ${outcome.refused} refused`,
    );
    most = Math.max(most, outcome.answered / stepSeconds);
    if (outcome.answered < rate * stepSeconds * 0.98) return most;
  }
}

interface Round {
  readonly calls: Outcome;
  readonly help: Outcome;
}

async function offer(host: Host, tandem: Tandem, rate: number, times: number): Promise<Round> {
  const before = await seriesOf(tandem);
  const cpu = cpuSeconds(tandem.pid);
  const [calls, help] = await Promise.all([
    offered(host, tandem, callersOf(answering!.name, Math.round(rate * times), seconds)),
    offered(host, tandem, callersOf(emergency, emergencies, seconds, 5071)),
  ]);
  const after = await seriesOf(tandem);
  const grown = (name: string): number => sumOf(after, name) - sumOf(before, name);
  say(
    `${times} x ${rate} calls/s for ${seconds} s: ${(calls.answered / seconds).toFixed(0)} answered a second; of ${calls.attempts} attempts ` +
      `${calls.answered} answered, ${calls.refused} told 503, ${calls.otherwise} told something else, ${calls.silent} told nothing; ` +
      `emergency calls ${help.answered} of ${help.attempts}, ${help.refused} told 503, ${help.otherwise} something else, ${help.silent} nothing; metrics: ${grown('tandem_calls_answered_total')} answered, ` +
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
  const callers = callersOf(answering!.name, Math.round(rate * 0.7), recoverySeconds);
  const began = performance.now();
  const sipp = await offerCalls(host, tandem.proxy, callers);
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
    const tandem = await Tandem.start(host, { ...tenant, users }, [
      '--log-level',
      'warn',
      '--rtp-listen',
      `${host.address}:${mediaPorts}`,
    ]);
    // Who calls takes nothing from who is called: each has processors of its own.
    await onProcessors('0', tandem.pid);
    await onProcessors(`1-${availableParallelism() - 1}`, process.pid);
    const phones = await answerCalls(host, tandem.proxy);
    // Code that has just been read is slow.
    await offered(host, tandem, callersOf(answering!.name, 50, 10));
    const capacity = Math.round(Number(values.capacity) || (await findCapacity(host, tandem)));
    say(`capacity: ${capacity} calls/s`);
    const rounds: Round[] = [];
    for (const times of values.times.split(','))
      rounds.push(await offer(host, tandem, capacity, Number(times)));
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

/** Has all threads of a process, and what it starts from now on, run on some processors alone. */
async function onProcessors(list: string, pid: number): Promise<void> {
  await promisify(execFile)('taskset', ['-a', '-p', '-c', list, `${pid}`]);
}

/** What was not as it should be. */
function verdict(capacity: number, rounds: readonly Round[], recovered: number): number {
  const peak = Math.max(capacity, ...rounds.map(({ calls }) => calls.answered / seconds));
  const last = rounds.at(-1)!.calls.answered / seconds;
  const failures = [
    last < 0.9 * peak &&
      `in the last round ${((100 * last) / peak).toFixed(0)} % of the peak of ${peak.toFixed(0)} calls/s`,
    rounds.some(({ calls, help }) => calls.silent + help.silent > 0) && 'attempts without an answer',
    rounds.some(({ help }) => help.answered < help.attempts) && 'emergency calls that did not go through',
    recovered > 10 && 'no recovery within ten seconds',
  ].filter((each) => each !== false);
  say(failures.length === 0 ? 'all as it should be' : `not as it should be: ${failures.join('; ')}`);
  return failures.length;
}

if (insideNamespace()) process.exitCode = (await main()) === 0 ? 0 : 1;
