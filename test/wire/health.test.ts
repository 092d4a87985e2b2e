import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { seriesOf } from '../harness/scrape.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';

const describe = needs('namespace');

describe('the HTTP port', () => {
  it.for([
    ['/livez', { live: true }],
    ['/readyz', { ready: true, missing: [], draining: false, stopping: false }],
  ] as const)('tells at %s how the system is', async ([path, state], { live: { tandem } }) => {
    const response = await tandem.http(path);
    expect([response.status, await response.json()]).toEqual([200, state]);
  });

  it('counts a call, and all that it took, at /metrics', async ({ live: { tandem }, phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await Promise.all([alice.register(), bob.register()]);
    const call = await connect(alice, bob);
    expect(await seriesOf(tandem)).toMatchObject({
      tandem_registered_users: 2,
      tandem_media_sessions: 1,
      'tandem_calls_active{tenant="acme"}': 1,
      'tandem_calls_ended_total{tenant="acme",outcome="success"}': 0,
    });
    await hangUp(call, bob);
    await tandem.logged('call ended');
    const metrics = await seriesOf(tandem);
    expect(metrics).toMatchObject({
      'tandem_calls_started_total{tenant="acme"}': 1,
      'tandem_calls_answered_total{tenant="acme"}': 1,
      'tandem_calls_active{tenant="acme"}': 0,
      tandem_calls_ringing: 0,
      'tandem_calls_ended_total{tenant="acme",outcome="success"}': 1,
      tandem_call_setup_seconds_count: 1,
      tandem_media_sessions: 0,
      'tandem_media_port_pairs{state="used"}': 2,
      'tandem_store_seconds_count{operation="lookup"}': 1,
      'tandem_store_seconds_count{operation="update"}': 2,
      'tandem_verdicts_total{verdict="relay"}': 1,
      tandem_registrations_total: 2,
    });
    expect(metrics['tandem_memory_bytes{area="rss"}']).toBeGreaterThan(0);
    expect(metrics).toHaveProperty(['tandem_event_loop_delay_seconds{quantile="0.99"}']);
  });
});
