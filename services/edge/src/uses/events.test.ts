import { event } from '@tandem/contract';
import { createLog, MemoryBus } from '@tandem/platform';
import { expect, it } from 'vitest';
import { CallEvents } from './events.ts';

const log = createLog({ level: 'silent', node: 'edge-1', destination: 1 });

it('tells of a call to whoever listens for its tenant, with every name as it is', async () => {
  const bus = new MemoryBus({ log, now: () => 1 });
  const told: event.Event[] = [];
  bus.subscribe('tandem.eu.call.my-other%2Etenant.started', ({ payload }) => {
    told.push(event.Event.decode(payload));
  });
  const events = new CallEvents(bus, 'eu', 'edge-1');
  const value = {
    call: 'c-1',
    sipCallId: 'a@b-c.d',
    caller: 'my-name@my-other.tenant',
    callee: 'sip:my-other_name+1@acme.example',
    leg: 'c-1/a',
    tags: {},
  };
  const kind = { $case: 'callStarted', value } as const;
  for (const tenant of ['my', 'my-other', 'my-other.tenant']) events.publish(tenant, tenant, 5, kind);
  await expect.poll(() => told).toHaveLength(1);
  expect(told[0]).toEqual({
    id: 'my-other.tenant/started',
    atMs: 5,
    node: 'edge-1',
    tenant: 'my-other.tenant',
    traceId: 'c1',
    kind,
  });
  await bus.close();
});
