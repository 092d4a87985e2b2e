/**
 * What a decision costs over the link between edge and router: requests at a steady rate from this process to routers
 * in processes of their own, against the same decisions by a direct call.
 * `node loadtest/decisions.ts --rate 2000 --seconds 20 --routers 2`; on loopback.
 */
import { parseArgs } from 'node:util';
import { MemoryLocation } from '../packages/location/src/index.ts';
import { MemoryCallLimits, MemoryNonceCounts } from '../packages/platform/src/index.ts';
import { load } from '../packages/resource/src/index.ts';
import type { RouterLink } from '../services/edge/src/main.ts';
import { Router } from '../services/router/src/main.ts';
import { until } from '../test/harness/deadline.ts';
import { Routers, register } from '../test/link/routers.ts';
import { cpuSeconds, say } from './measure.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '20' },
    routers: { type: 'string', default: '2' },
  },
});
const rate = Number(values.rate);
const requests = rate * Number(values.seconds);

/** What a number of decisions has cost. */
interface Cost {
  /** Microseconds of processor time each, in this process. */
  readonly here: number;
  /** Milliseconds from question to verdict, ascending. */
  readonly latencies: readonly number[];
  readonly failed: number;
}

async function main(): Promise<number> {
  const routers = await Routers.open();
  try {
    return await measure(routers);
  } finally {
    await routers.close();
  }
}

async function measure(routers: Routers): Promise<number> {
  const names = Array.from({ length: Number(values.routers) }, (_, index) => `router-${index + 1}`);
  const processes = await Promise.all(names.map((name) => routers.router(name)));
  const { pool, metric } = routers.pool(processes.map(({ address }) => address));
  await until(
    () => 'routers that serve',
    () => pool.serving === processes.length,
  );
  const direct = await directly(routers.folder);
  // Both once before anything is counted: code that runs for the first time is slow.
  await run(direct, rate);
  await run(pool, rate);
  const local = await run(direct, requests);
  const before = processes.map(({ pid }) => cpuSeconds(pid));
  const batches = await metric('tandem_router_batch_requests_count');
  const linked = await run(pool, requests);
  const there = processes.reduce((sum, { pid }, index) => sum + cpuSeconds(pid) - before[index]!, 0);
  const messages = (await metric('tandem_router_batch_requests_count')) - batches;
  report('direct call', local);
  report(`${processes.length} routers`, linked);
  say(
    `routers: ${((there / requests) * 1e6).toFixed(1)} us of CPU a decision, ${(requests / messages).toFixed(1)} requests a message`,
  );
  return linked.failed + local.failed === 0 ? 0 : 1;
}

async function directly(folder: string): Promise<RouterLink> {
  const snapshot = await load(folder);
  return new Router({
    snapshot: () => snapshot,
    location: new MemoryLocation(),
    nonceCounts: new MemoryNonceCounts(),
    limits: new MemoryCallLimits(),
    secret: 'secret',
    lineSecret: 'line',
    now: Date.now,
  });
}

/** Asks at the rate, as many requests at once as the time since the last turn wants. */
async function run(link: RouterLink, count: number): Promise<Cost> {
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  let failed = 0;
  const ask = async (): Promise<void> => {
    const start = performance.now();
    await link.decide(register()).catch(() => failed++);
    latencies.push(performance.now() - start);
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  while (pending.length < count) {
    const due = Math.min(count, ((performance.now() - start) / 1000) * rate);
    while (pending.length < due) pending.push(ask());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  const { user, system } = process.cpuUsage(cpu);
  return { here: (user + system) / count, latencies: latencies.sort((one, other) => one - other), failed };
}

function report(name: string, { here, latencies, failed }: Cost): void {
  const at = (share: number): string => latencies[Math.floor(latencies.length * share)]!.toFixed(2);
  say(
    `${name}: ${here.toFixed(1)} us of CPU a decision here, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${failed} failed`,
  );
}

process.exitCode = await main();
