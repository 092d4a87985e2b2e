import { createLog, Metrics } from '@tandem/platform';
import { expect, it } from 'vitest';
import { Rig, sampleRegister } from './sample.ts';
import { VerdictCounts } from './verdict-counts.ts';

const log = createLog({ level: 'silent', node: 'router-1', destination: 1 });

it('counts verdicts, refusals by their fault', async () => {
  const metrics = new Metrics({ region: 'r', node: 'router-1', log });
  const counts = new VerdictCounts(metrics);
  const rig = new Rig();
  counts.note(await rig.router.decide(sampleRegister()));
  counts.note(await rig.register('1001', { contacts: ['<sip:a>'] }));
  const lines = (await metrics.scrape()).split('\n').filter((line) => line.startsWith('tandem_verdicts'));
  expect(lines).toEqual([
    'tandem_verdicts_total{verdict="challenge",fault="credentials-missing"} 1',
    'tandem_verdicts_total{verdict="registered"} 1',
  ]);
});
