import { monitorEventLoopDelay } from 'node:perf_hooks';
import { eventLoopDelay, memory, receiveBufferErrors } from '../metrics.ts';
import type { Metrics, Report } from './metrics.ts';
import { readReceiveBufferErrors } from './udp-errors.ts';

const resolutionMs = 20;
const nanoseconds = 1e9;

/** Reports what every process has: event loop, memory, lost datagrams. Returns what ends it. */
export function observeProcess(metrics: Metrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  metrics.observe(eventLoopDelay, (report) => reportDelay(delay, report));
  metrics.observe(memory, reportMemory);
  metrics.observe(receiveBufferErrors, (report) => {
    const errors = readReceiveBufferErrors();
    if (errors !== undefined) report(errors);
  });
  return () => delay.disable();
}

/** The histogram holds the time from one tick of its timer to the next, so an idle loop shows the resolution. */
function reportDelay(delay: ReturnType<typeof monitorEventLoopDelay>, report: Report): void {
  const quantile = (value: number, label: string): void => {
    const late = delay.count === 0 ? 0 : value / nanoseconds - resolutionMs / 1e3;
    report(Math.max(0, late), { quantile: label });
  };
  quantile(delay.percentile(50), '0.5');
  quantile(delay.percentile(99), '0.99');
  quantile(delay.max, '1');
  delay.reset();
}

function reportMemory(report: Report): void {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  report(rss, { area: 'rss' });
  report(heapTotal, { area: 'heap_total' });
  report(heapUsed, { area: 'heap_used' });
  report(external, { area: 'external' });
}
