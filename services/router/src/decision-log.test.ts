import { createLog } from '@tandem/platform';
import { beforeEach, expect, it } from 'vitest';
import { DecisionLog } from './decision-log.ts';
import { Rig, sampleRegister, sampleRequest, start } from './sample.ts';

let lines: Record<string, unknown>[];
let log: DecisionLog;
const rig = new Rig();

beforeEach(() => {
  lines = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  log = new DecisionLog(createLog({ level: 'info', node: 'router-1', destination }));
});

it('AS-45: says what the wire does not', async () => {
  const request = sampleRegister({ to: '<sip:2000@203.0.113.9>' });
  log.note(request, await rig.router.decide(request), start);
  expect(lines).toMatchObject([
    {
      level: 'info',
      fault: 'wrong-domain',
      sipCallId: 'call-1@192.0.2.10',
      method: 'REGISTER',
      source: '192.0.2.10',
      msg: '203.0.113.9 is no domain of a tenant, expected acme.example or acme.net or other.example',
    },
  ]);
});

it('says nothing of what is usual', async () => {
  const request = sampleRegister();
  log.note(request, await rig.router.decide(request), start);
  log.note(request, await rig.register('1001'), start);
  expect(lines).toEqual([]);
});

it('does not let a scan fill the disk, and says how much it left out', async () => {
  const request = sampleRequest({ from: '<sip:a@b.c>', requestUri: 'sip:d@e.f' });
  const verdict = await rig.router.decide(request);
  for (let times = 0; times < 50; times++) log.note(request, verdict, start);
  expect(lines).toHaveLength(20);
  log.note(request, verdict, start + 1_000);
  expect(lines.slice(20)).toMatchObject([{ level: 'warn', count: 30 }, { fault: 'domain-foreign' }]);
});
