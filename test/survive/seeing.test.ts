import { type CollectedSpan, Collector } from '@tandem/platform/compliance';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Cluster, Node } from '../harness/cluster.ts';
import { until } from '../harness/deadline.ts';
import type { Protocol } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { documentedMetrics, metricNames, quiet, seriesOf } from '../harness/scrape.ts';
import { acme, nextAccount } from '../wire/acme.ts';
import { connect, hangUp } from '../wire/call.ts';
import { Phone } from '../wire/phone.ts';
import { it as base, SCENARIO } from './fixture.ts';

const describe = needs('namespace', 'nats-server', 'redis-server', 'etcd');

/** Metrics of a tier that is not here. */
const elsewhere = /^tandem_trunks?(_|$)/;

let collector: Collector;

beforeAll(async () => {
  collector = await Collector.listen('0.0.0.0');
});
afterAll(() => collector.close());

const env = (gateway: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('0.0.0.0', gateway),
});
const it = base.extend({ made: [{ tenant: acme, env }, { scope: 'file' }] });

async function phoneAt({ network }: Cluster, edge: Node, transport: Protocol): Promise<Phone> {
  const line = { transport, local: network.gateway, remote: edge.address };
  const phone = await Phone.open(nextAccount(), line);
  await phone.register();
  return phone;
}

/** Lets a phone at one edge call another that the other edge has a connection to; returns the Call-ID. */
async function callOver(cluster: Cluster): Promise<string> {
  const alice = await phoneAt(cluster, cluster.edge(0), 'udp');
  const bob = await phoneAt(cluster, cluster.edge(1), 'tcp');
  const call = await connect(alice, bob);
  await hangUp(call, bob);
  for (const phone of [alice, bob]) phone.close();
  return call.caller.callId;
}

describe('a call over two edges', () => {
  it('is one trace, whose spans come from every node', { timeout: SCENARIO }, async ({ cluster }) => {
    const callId = await callOver(cluster);
    const spans = (): CollectedSpan[] => {
      const known = collector.spans.find(({ attributes }) => attributes['sip.call_id'] === callId);
      return collector.spans.filter(({ traceId }) => traceId === known?.traceId);
    };
    const names = (): string[] =>
      spans().map(({ name, scope }) => `${scope.slice('tandem/'.length)} ${name}`);
    const wanted = [
      ...['call call', 'edge INVITE', 'edge INVITE leg', 'edge ask router', 'edge BYE', 'edge BYE leg'],
      ...['router decide', 'router store lookup', 'edge store put', 'edge store take'],
      ...['edge media open', 'media open', 'media describe', 'edge media close', 'media close'],
    ];
    await until(
      () => `${wanted.filter((name) => !names().includes(name)).join(', ')} in the trace`,
      () => wanted.every((name) => names().includes(name)),
    );
    const root = spans().filter(({ parentSpanId }) => parentSpanId === '');
    expect(root.map(({ name }) => name)).toEqual(['call']);
    expect(spans().every(({ parentSpanId }) => isKnown(parentSpanId, spans()))).toBe(true);
  });

  it('is one ladder, whoever is asked', { timeout: SCENARIO }, async ({ cluster }) => {
    const callId = await callOver(cluster);
    await Promise.all([0, 1].map((index) => toldBy(cluster.edge(index))));
    const shown = await cluster.media(0).ask('trace', callId);
    expect(await cluster.router(1).ask('trace', callId)).toBe(shown);
    const [, names, ...steps] = shown.split('\n');
    expect(names!.trim().split(/\s+/)).toEqual([expect.any(String), 'edge-1', 'edge-2', expect.any(String)]);
    const over = steps
      .filter((line) => /^\S+ +\| +\|(--|<-) \S/.test(line))
      .map((line) => line.split('|')[2]);
    const between = over.map((arrow) => arrow?.replaceAll(/[<>-]/g, '').trim());
    expect(between).toEqual(expect.arrayContaining(['INVITE (SDP)', '200 OK (SDP)', 'BYE', '200 OK']));
  });
});

describe('the metrics of a cluster', () => {
  it('are those of docs/metrics.md', { timeout: SCENARIO }, async ({ cluster }) => {
    await callOver(cluster);
    await until(
      () => 'the end of the call',
      async () => (await cluster.sum('edge', 'tandem_calls_ended_total')) > 0,
    );
    const documented = await documentedMetrics();
    const scraped = await Promise.all(cluster.nodes.map((node) => metricNames(node)));
    const all = new Set(scraped.flat());
    expect([...all].filter((name) => !documented.includes(name))).toEqual([]);
    expect(
      documented.filter((name) => !all.has(name) && !quiet.includes(name) && !elsewhere.test(name)),
    ).toEqual([]);
  });
});

/** Resolves when an edge has told all that it has seen. */
async function toldBy(edge: Node): Promise<void> {
  await until(
    () => `what ${edge.id} has seen`,
    async () => (await seriesOf(edge)).tandem_trace_pending_calls === 0,
  );
}

function isKnown(parent: string, spans: readonly CollectedSpan[]): boolean {
  return parent === '' || spans.some(({ spanId }) => spanId === parent);
}
