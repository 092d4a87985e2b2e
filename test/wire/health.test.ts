import { expect } from 'vitest';
import { needs } from '../harness/needs.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';

const describe = needs('namespace');

describe('the HTTP port', () => {
  it.for([
    ['/livez', { live: true }],
    ['/readyz', { ready: true, missing: [], stopping: false }],
  ] as const)('tells at %s how the system is', async ([path, state], { live: { tandem } }) => {
    const response = await tandem.http(path);
    expect([response.status, await response.json()]).toEqual([200, state]);
  });

  it('counts a call, and all that it took, at /metrics', async ({ live: { tandem }, phone }) => {
    const [alice, bob] = [await phone(), await phone()];
    await Promise.all([alice.register(), bob.register()]);
    const call = await connect(alice, bob);
    expect(await metricsOf(tandem)).toMatchObject({
      tandem_registered_users: 2,
      tandem_media_sessions: 1,
      'tandem_calls_ended_total{outcome="success"}': 0,
    });
    await hangUp(call, bob);
    await tandem.logged('call ended');
    const metrics = await metricsOf(tandem);
    expect(metrics).toMatchObject({
      tandem_calls_answered_total: 1,
      tandem_calls_ringing: 0,
      'tandem_calls_ended_total{outcome="success"}': 1,
      tandem_call_setup_seconds_count: 1,
      tandem_media_sessions: 0,
      'tandem_media_port_pairs{state="used"}': 2,
      'tandem_store_seconds_count{operation="lookup"}': 1,
      'tandem_store_seconds_count{operation="update"}': 2,
    });
    expect(metrics['tandem_memory_bytes{area="rss"}']).toBeGreaterThan(0);
    expect(metrics).toHaveProperty(['tandem_event_loop_delay_seconds{quantile="0.99"}']);
  });
});

/** Values by series. */
async function metricsOf(tandem: { http(path: string): Promise<Response> }): Promise<Record<string, number>> {
  const lines = (await (await tandem.http('/metrics')).text()).split('\n');
  const series = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    series.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
