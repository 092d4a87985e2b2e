import { event } from '@tandem/contract';
import { createLog, MemoryBus } from '@tandem/platform';
import { expect, it, vi } from 'vitest';
import { Rig, start } from '../sample.ts';
import { publishRegistrations } from './events.ts';

const log = createLog({ level: 'silent', node: 'router-1', destination: 1 });

it('tells of each change of a contact, to whoever listens for the tenant', async () => {
  const rig = new Rig();
  const bus = new MemoryBus({ log, now: () => rig.now });
  const events: event.Event[] = [];
  bus.subscribe('tandem.eu.registration.acme.*', ({ payload }) => events.push(event.Event.decode(payload)));
  const stop = publishRegistrations(rig.location, { bus, region: 'eu', node: 'router-1' });

  await rig.register('1001', { contacts: ['<sip:a>'] });
  await rig.register('1001', { contacts: ['<sip:a>;expires=0'] });
  stop();
  await rig.register('1001', { contacts: ['<sip:b>'] });

  await vi.waitFor(() => expect(events).toHaveLength(2));
  expect(events[0]).toMatchObject({ atMs: start, node: 'router-1', tenant: 'acme' });
  expect(events.map(({ kind }) => kind?.value)).toEqual([
    { user: '1001', change: 'registered', contact: 'sip:a', contacts: 1 },
    { user: '1001', change: 'unregistered', contact: 'sip:a', contacts: 0 },
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  await bus.close();
});
