import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Drainable, Drains } from './drains.ts';
import { Readiness } from './http/readiness.ts';
import { createLog } from './log.ts';
import { Metrics } from './telemetry/metrics.ts';

let lines: Record<string, unknown>[];
let metrics: Metrics;
let readiness: Readiness;
/** Ends the drain of the tier. */
let empty: () => void;
let begun: number;
let load: number;

beforeEach(() => {
  lines = [];
  begun = 0;
  load = 3;
  readiness = new Readiness();
});
afterEach(() => metrics.close());

function open(withinMs: number, changes: Partial<Drainable> = {}): Drains {
  const destination = { write: (line: string): number => lines.push(JSON.parse(line)) };
  const log = createLog({ level: 'info', node: 'n', destination });
  metrics = new Metrics({ region: 'r', node: 'n', log });
  const { promise, resolve } = Promise.withResolvers<void>();
  empty = () => {
    load = 0;
    resolve();
  };
  const drain = (): Promise<void> => {
    begun++;
    return promise;
  };
  const own = { tier: 'edge' as const, load: () => load, drain, hasHeirs: () => true };
  const drains = new Drains({ readiness, metrics, log, withinMs });
  drains.add({ ...own, ...changes });
  return drains;
}

const never = new AbortController().signal;
const hour = 3_600_000;

it('is not ready from the first moment on, and says what was handed over when nothing is left', async () => {
  const drains = open(hour, { given: () => ({ calls: 3 }) });
  expect(await metrics.scrape()).toMatch(/tandem_drain_left\{[^}]*tier="edge"[^}]*\} 0/);
  const over = drains.all(never);
  expect([readiness.draining, readiness.ready]).toEqual([true, false]);
  expect(await metrics.scrape()).toMatch(/tandem_drain_left\{[^}]*tier="edge"[^}]*\} 3/);
  empty();
  await over;
  expect(lines).toMatchObject([
    { msg: 'draining', tier: 'edge', had: 3 },
    { msg: 'drained', tier: 'edge', had: 3, calls: 3, left: 0 },
  ]);
});

it('begins once, whoever asks how often', async () => {
  const drains = open(hour);
  const all = [drains.all(never), drains.all(never)];
  empty();
  await Promise.all(all);
  expect(begun).toBe(1);
});

it('ends with its bound, and says what is left', async () => {
  await open(1).all(never);
  expect(lines.at(-1)).toMatchObject({ msg: 'drained for as long as it may', had: 3, left: 3 });
});

it('ends when it is cut short', async () => {
  const cut = new AbortController();
  const over = open(hour).all(cut.signal);
  cut.abort();
  await over;
  expect(lines.at(-1)).toMatchObject({ msg: 'drained for as long as it may', left: 3 });
});

it('does nothing without any time', async () => {
  await open(0).all(never);
  expect([begun, readiness.draining, lines]).toEqual([0, false, []]);
});

it('says that nobody is there to take what it has', async () => {
  const over = open(hour, { hasHeirs: () => false }).all(never);
  empty();
  await over;
  expect(lines[1]).toMatchObject({ level: 'warn', tier: 'edge', had: 3 });
});

it('ends when a tier cannot be drained, and says why', async () => {
  await open(hour, { drain: () => Promise.reject(new Error('boom')) }).all(never);
  expect(lines[1]).toMatchObject({ level: 'error', err: { message: 'boom' } });
  expect(lines[2]).toMatchObject({ msg: 'drained', left: 3 });
});

it('is not done as long as its tier is not, though nothing is left for the moment', async () => {
  const drains = open(hour);
  const drain = drains.add({
    tier: 'media',
    load: () => 0,
    drain: () => new Promise(() => undefined),
    hasHeirs: () => true,
  });
  expect(drain.load).toBe(0);
  void drain.begin();
  expect(drain.load).toBe(1);
  drain.conclude();
  expect(drain.load).toBe(0);
});
