import { beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import type { CounterKind, GaugeKind, HistogramKind } from './kind.ts';
import { Metrics } from './metrics.ts';

const calls: CounterKind = {
  type: 'counter',
  name: 'tandem_calls_total',
  unit: '{call}',
  description: 'Calls.',
};
const active: GaugeKind = {
  type: 'gauge',
  name: 'tandem_active',
  unit: '{call}',
  description: 'Active calls.',
};
const setup: HistogramKind = {
  type: 'histogram',
  name: 'tandem_setup_seconds',
  unit: 's',
  description: 'Setup.',
  buckets: [0.1, 1],
};

describe('Metrics', () => {
  let lines: { msg: string }[];
  let metrics: Metrics;

  beforeEach(() => {
    lines = [];
    const destination = { write: (line: string) => lines.push(JSON.parse(line)) };
    const log = createLog({ level: 'info', node: 'n', destination });
    metrics = new Metrics({ region: 'local', node: 'edge-1', log });
  });

  /** The lines of one metric. */
  async function scrape(name: string): Promise<string[]> {
    return (await metrics.scrape()).split('\n').filter((line) => line.includes(name));
  }

  it('says which node of which region it is', async () => {
    expect(await scrape('target_info{')).toEqual([
      'target_info{service_name="tandem",service_namespace="local",service_instance_id="edge-1"} 1',
    ]);
  });

  it('counts under the name that was declared', async () => {
    const count = metrics.counter(calls);
    count(1, { outcome: 'success' });
    count(2, { outcome: 'success' });
    expect(await scrape('calls')).toEqual([
      '# HELP tandem_calls_total Calls.',
      '# UNIT tandem_calls_total {call}',
      '# TYPE tandem_calls_total counter',
      'tandem_calls_total 0',
      'tandem_calls_total{outcome="success"} 3',
    ]);
  });

  it('sorts into fixed buckets', async () => {
    const record = metrics.histogram(setup);
    for (const seconds of [0.05, 0.5, 5]) record(seconds);
    expect(await scrape('setup_seconds_')).toEqual([
      'tandem_setup_seconds_count 3',
      'tandem_setup_seconds_sum 5.55',
      'tandem_setup_seconds_bucket{le="0.1"} 1',
      'tandem_setup_seconds_bucket{le="1"} 2',
      'tandem_setup_seconds_bucket{le="+Inf"} 3',
    ]);
  });

  it('reads plain numbers when it is asked', async () => {
    const sent = new Float64Array(2);
    metrics.observe(calls, (report) => {
      report(sent[0]!, { direction: 'in' });
      report(sent[1]!, { direction: 'out' });
    });
    sent.set([3, 4]);
    expect((await scrape('calls_total{')).sort()).toEqual([
      'tandem_calls_total{direction="in"} 3',
      'tandem_calls_total{direction="out"} 4',
    ]);
    sent.set([5, 4]);
    expect(await scrape('direction="in"')).toEqual(['tandem_calls_total{direction="in"} 5']);
  });

  it('waits for what has to be asked for', async () => {
    metrics.observe(active, async (report) => report(await Promise.resolve(3)));
    expect(await scrape('tandem_active 3')).toHaveLength(1);
  });

  it('takes the same metric from several tiers', async () => {
    metrics.observe(active, (report) => report(1, { part: 'edge' }));
    metrics.observe(active, (report) => report(2, { part: 'media' }));
    expect(await scrape('tandem_active{')).toHaveLength(2);
  });

  it('leaves out what cannot be read, and says so', async () => {
    metrics.observe(calls, () => {
      throw new Error('boom');
    });
    metrics.observe(active, (report) => report(1));
    expect(await scrape('tandem_active 1')).toHaveLength(1);
    expect(lines).toMatchObject([{ msg: 'a metric could not be read', err: { message: 'boom' } }]);
  });

  it('keeps a label in one piece, whatever it says', async () => {
    metrics.observe(active, (report) => report(1, { tenant: 'a"b\\c\nd' }));
    expect(await scrape('tandem_active{')).toEqual([String.raw`tandem_active{tenant="a\"b\\c\nd"} 1`]);
  });
});
