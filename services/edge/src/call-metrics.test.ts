import type { event } from '@tandem/contract';
import { createLog, Metrics } from '@tandem/platform';
import { beforeEach, describe, expect, it } from 'vitest';
import { CallMetrics } from './call-metrics.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });
const named = { call: 'c', sipCallId: 's', caller: '', callee: '' };
const started = { $case: 'callStarted', value: { ...named, leg: 'c/a', tags: {} } } as const;
const answered = { $case: 'callAnswered', value: { call: 'c', leg: 'c/b1', target: 't', tags: {} } } as const;

function ended(changes: Partial<event.CallEnded> = {}): NonNullable<event.Event['kind']> {
  const value: event.CallEnded = {
    ...named,
    startedMs: 0,
    answeredMs: 1_000,
    endedMs: 3_000,
    outcome: 'success',
    status: 200,
    releasedBy: 'caller',
    fault: '',
    packetsFromCaller: 99,
    packetsFromCallee: 0,
    lostFromCaller: 1,
    lostFromCallee: 0,
    calleeIdentity: '',
    route: [],
    answeredBy: '',
    codec: '',
    jitterFromCallerUs: 4_000,
    jitterFromCalleeUs: 0,
    mediaMoves: 0,
    attempts: [],
    tags: {},
    ...changes,
  };
  return { $case: 'callEnded', value };
}

describe('CallMetrics', () => {
  let metrics: Metrics;
  let calls: CallMetrics;

  beforeEach(() => {
    metrics = new Metrics({ region: 'r', node: 'edge-1', log });
    calls = new CallMetrics(metrics);
  });

  /** The lines of one metric, without its name. */
  async function scrape(name: string): Promise<string[]> {
    const lines = (await metrics.scrape()).split('\n').filter((line) => line.startsWith(name));
    return lines.map((line) => line.slice(name.length));
  }

  it('begins every outcome at 0', async () => {
    const outcomes = ['success', 'client_error', 'server_error', 'upstream_error', 'indeterminate'];
    const zeros = outcomes.map((outcome) => `{outcome="${outcome}"} 0`);
    expect((await scrape('tandem_calls_ended_total')).sort()).toEqual(zeros.sort());
    expect(await scrape('tandem_calls_started_total')).toEqual([' 0']);
  });

  it('counts by tenant', async () => {
    calls.told('acme', started);
    calls.told('acme', started);
    calls.told('other', started);
    calls.told('acme', answered);
    calls.told('acme', ended());
    expect(await scrape('tandem_calls_started_total{')).toEqual(['tenant="acme"} 2', 'tenant="other"} 1']);
    expect(await scrape('tandem_calls_answered_total{tenant="acme"}')).toEqual([' 1']);
    expect(await scrape('tandem_calls_ended_total{tenant="acme",outcome="success"}')).toEqual([' 1']);
  });

  it('tells of which tenants the calls are that go on', async () => {
    calls.told('acme', started);
    calls.observeActive(metrics, () => ['acme', 'other', 'acme']);
    expect(await scrape('tandem_calls_active')).toEqual([' 0', '{tenant="acme"} 2', '{tenant="other"} 1']);
  });

  it('counts the two hundred and first tenant with all that follow', async () => {
    for (let index = 0; index < 300; index++) calls.told(`t${index}`, started);
    expect(await scrape('tandem_calls_started_total{')).toHaveLength(201);
    expect(await scrape('tandem_calls_started_total{tenant="*"}')).toEqual([' 100']);
  });

  describe('of what breaks calls', () => {
    const carrier = { kind: 'Trunk', tenant: 'acme', name: 'carrier', field: 'auth' };
    const broken: event.Diagnosis = {
      ...{ layer: 'auth', object: carrier, code: 'c', status: 403, cause: 0 },
      ...{ evidence: [], hint: '', direction: '' },
    };
    const user = { ...carrier, kind: 'User', name: '1001' };

    it('counts by layer and object, of users together', async () => {
      calls.told('acme', ended());
      calls.told('acme', ended({ diagnosis: broken }));
      calls.told('acme', ended({ diagnosis: broken }));
      const refused = { ...named, status: 404, fault: 'f', source: 's' };
      const diagnosis = { ...broken, layer: 'routing', object: user };
      calls.told('acme', { $case: 'callRefused', value: { ...refused, diagnosis } });
      calls.failed({ ...broken, layer: 'routing', object: { ...user, name: '1002' } });
      expect(await scrape('tandem_call_failures_total{')).toEqual([
        'layer="auth",object="Trunk/carrier@acme"} 2',
        'layer="routing",object="User"} 2',
      ]);
    });

    it('counts a call once that was degraded', async () => {
      const diagnosis = { ...broken, layer: 'media', direction: 'both' };
      calls.told('acme', { $case: 'callDegraded', value: { call: 'c', sipCallId: 's', diagnosis } });
      calls.told('acme', ended({ diagnosis }));
      expect(await scrape('tandem_call_failures_total{')).toEqual([
        'layer="media",object="Trunk/carrier@acme"} 1',
      ]);
    });

    it('counts the two hundred and first object with all that follow', async () => {
      for (let index = 0; index < 300; index++)
        calls.failed({ ...broken, object: { ...carrier, name: `t${index}` } });
      expect(await scrape('tandem_call_failures_total{')).toHaveLength(201);
      expect(await scrape('tandem_call_failures_total{layer="auth",object="*"}')).toEqual([' 100']);
    });
  });

  it('tells how the media of a call was that was answered, from those who sent any', async () => {
    calls.told('acme', ended());
    calls.told('acme', ended({ answeredMs: 0, packetsFromCaller: 0, outcome: 'client_error' }));
    expect(await scrape('tandem_call_duration_seconds_sum')).toEqual([' 2']);
    expect(await scrape('tandem_call_loss_ratio_sum')).toEqual(['{from="caller"} 0.01']);
    expect(await scrape('tandem_call_jitter_seconds_sum')).toEqual(['{from="caller"} 0.004']);
    expect(await scrape('tandem_call_loss_ratio_count')).toEqual(['{from="caller"} 1']);
  });
});
