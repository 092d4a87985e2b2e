import { expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { Metrics } from './metrics.ts';
import { observeProcess } from './process.ts';

it('reports event loop, memory and lost datagrams', async () => {
  const log = createLog({ level: 'silent', node: 'n', destination: { write: () => undefined } });
  const metrics = new Metrics({ region: 'r', node: 'n', log });
  const end = observeProcess(metrics);
  const text = await metrics.scrape();
  end();
  for (const quantile of ['0.5', '0.99', '1']) {
    expect(text).toMatch(new RegExp(`^tandem_event_loop_delay_seconds\\{quantile="${quantile}"\\} \\d`, 'm'));
  }
  expect(text).toMatch(/^tandem_memory_bytes\{area="heap_used"\} [1-9]\d+$/m);
  expect(text).toMatch(/^tandem_udp_receive_buffer_errors_total \d+$/m);
});
