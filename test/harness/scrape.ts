import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What serves /metrics. */
interface Scraped {
  http(path: string): Promise<Response>;
}

/** Values of /metrics by series. */
export async function seriesOf(scraped: Scraped): Promise<Record<string, number>> {
  const lines = (await linesOf(scraped)).filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** The sum of a metric over all its series with these labels; 0 when there is none. */
export function sumOf(
  series: Readonly<Record<string, number>>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return Object.entries(series)
    .filter(([key]) => key.split('{')[0] === name && wanted.every((label) => key.includes(label)))
    .reduce((total, [, value]) => total + value, 0);
}

/** The names of all metrics on /metrics that are ours. */
export async function metricNames(scraped: Scraped): Promise<string[]> {
  const types = (await linesOf(scraped)).map((line) => /^# TYPE (tandem_\w+)/.exec(line)?.[1]);
  return types.filter((name) => name !== undefined).sort();
}

/** The names of all metrics in docs/metrics.md. */
export async function documentedMetrics(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  return Array.from(text.matchAll(/^\| `(tandem_\w+)`/gm), ([, name]) => name!).sort();
}

/** Metrics of what nothing has happened to where nothing breaks, nobody speaks, no worker dies, no name is looked up, nobody has TLS. */
export const quiet: readonly string[] = [
  'tandem_call_failures_total',
  'tandem_call_loss_ratio',
  'tandem_call_jitter_seconds',
  'tandem_media_move_seconds',
  'tandem_dns_seconds',
  'tandem_tls_certificate_end_timestamp_seconds',
];

async function linesOf(scraped: Scraped): Promise<string[]> {
  return (await (await scraped.http('/metrics')).text()).split('\n');
}
