import { type CollectedSpan, Collector } from '@tandem/platform/compliance';
import { afterEach, beforeEach, expect } from 'vitest';
import { it as base } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { Tandem } from '../harness/tandem.ts';
import { acme, nextAccount } from './acme.ts';
import { connect, hangUp } from './call.ts';
import { Phone } from './phone.ts';
import { statusOf } from './reply.ts';

const describe = needs('namespace');

describe('the trace of a call', () => {
  let collector: Collector | undefined;

  beforeEach(() => {
    collector = undefined;
  });
  afterEach(() => collector?.close());

  /** A running system that sends its traces here. */
  async function open(
    network: Network,
  ): Promise<{ tandem: Tandem; phone: () => Promise<Phone>; spans: CollectedSpan[] }> {
    collector = await Collector.listen(network.gateway);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const tandem = await Tandem.start(await network.host('tandem'), acme, [], [], env);
    const line = { transport: 'udp', local: network.gateway, remote: tandem.host.address } as const;
    const phone = async (): Promise<Phone> => {
      const opened = await Phone.open(nextAccount(), line);
      await opened.register();
      return opened;
    };
    return { tandem, phone, spans: collector.spans };
  }

  base('is one, from the INVITE to the BYE, with every tier and both legs', async ({ network }) => {
    const { tandem, phone, spans } = await open(network);
    const [alice, bob] = [await phone(), await phone()];
    const call = await connect(alice, bob);
    await hangUp(call, bob);
    const { callId, sipCallId, traceId } = await tandem.logged('call ended');
    await tandem.stop();

    const trace = spans.filter(({ attributes }) => attributes['sip.call_id'] === sipCallId);
    expect(new Set(trace.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(traceId).toBe(String(callId).replaceAll('-', ''));
    // Registrations, and what was not let through, are in no trace.
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));

    // When the record is written is of no importance to the call.
    expect(tree(spans).filter((line) => !line.includes('edge: store'))).toEqual([
      'call: call',
      '  edge: INVITE',
      '    edge: ask router',
      '      router: decide',
      '        router: store claim',
      '        router: store lookup',
      '    edge: media open',
      '      media: open',
      '    edge: INVITE leg',
      '    edge: media describe',
      '      media: describe',
      '  edge: BYE',
      '    edge: BYE leg',
      '  edge: media close',
      '    media: close',
    ]);
    expect(spans.map(({ name, scope }) => `${scope} ${name}`)).toContain('tandem/edge store put');
    expect(spans.find(({ name }) => name === 'INVITE leg')!.events).toEqual(['200 OK']);
    const root = spans.find(({ name }) => name === 'call')!;
    expect(uncovered(root.end, spans) / (root.end - root.start)).toBeLessThan(0.01);
    expect(root.attributes).toMatchObject({ 'tandem.outcome': 'success', 'tandem.tenant': 'acme' });
  });

  base('tells of a call that is refused, and why', async ({ network }) => {
    const { tandem, phone, spans } = await open(network);
    const alice = await phone();
    const refused = await alice.final(await alice.invite('sip:nobody@acme.example'));
    expect(statusOf(refused)).toBe(404);
    await tandem.stop();
    expect(tree(spans)).toEqual([
      'call: call',
      '  edge: INVITE',
      '    edge: ask router',
      '      router: decide',
      '        router: store claim',
      '        router: store lookup',
    ]);
    const [decide, invite] = ['decide', 'INVITE'].map((each) => spans.find(({ name }) => name === each)!);
    expect(invite!.attributes).toMatchObject({ 'sip.status': 404 });
    expect(decide!.attributes).toMatchObject({ 'tandem.fault': 'user-unknown' });
    expect(decide!.events.join()).toContain('nobody');
  });
});

/** The spans by name, each with those within it, in order of their beginning. */
function tree(spans: readonly CollectedSpan[], parent = ''): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .sort((one, other) => one.start - other.start)
    .flatMap((span) => [
      `${span.scope.slice('tandem/'.length)}: ${span.name}`,
      ...tree(spans, span.spanId).map((line) => `  ${line}`),
    ]);
}

/** Milliseconds of a call in which no span was open. */
function uncovered(until: number, spans: readonly CollectedSpan[]): number {
  let covered = Math.min(...spans.map(({ start }) => start));
  let gaps = 0;
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    gaps += Math.max(0, Math.min(start, until) - covered);
    covered = Math.max(covered, end);
  }
  return gaps;
}
