import { setImmediate as nextTurn } from 'node:timers/promises';
import { event } from '@tandem/contract';
import { createLog, MemoryBus } from '@tandem/platform';
import { describe, expect, it } from 'vitest';
import { connection, outcomeOf, Rig, sampleRequest, sampleSnapshot, start } from '../sample.ts';
import { publishRegistrations, unmatchedPublisher } from './events.ts';

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

  await expect.poll(() => events).toHaveLength(2);
  expect(events[0]).toMatchObject({ atMs: start, node: 'router-1', tenant: 'acme' });
  expect(events.map(({ kind }) => kind?.value)).toEqual([
    { user: '1001', change: 'registered', contact: 'sip:a', contacts: 1 },
    { user: '1001', change: 'unregistered', contact: 'sip:a', contacts: 0 },
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  await bus.close();
});

describe('a number that a trunk calls and nobody has', () => {
  const host = '203.0.113.7';
  const spain = { countryCode: '34', nationalLengths: [9] };

  /** What is told of so many calls of a trunk to a number. */
  async function told(number: string, dialPlan: object = spain, times = 1) {
    const bus = new MemoryBus({ log, now: () => rig.now });
    const events: event.Event[] = [];
    bus.subscribe('tandem.eu.call.acme.unmatched', ({ payload }) => {
      events.push(event.Event.decode(payload));
    });
    const origin = { bus, region: 'eu', node: 'router-1', log, now: () => rig.now };
    const more = {
      Trunk: { 'acme/carrier': { identify: { sources: [host] }, numbering: { dialPlan } } },
      Number: { 'acme/+34911000001': { destination: { user: '1001' } } },
    };
    const rig = new Rig(sampleSnapshot({}, {}, more), { unmatched: unmatchedPublisher(origin) });
    for (let call = 1; call <= times; call++) {
      const flow = { ...connection, transport: 'udp', host, connection: 0 };
      const asked = { flow, requestUri: `sip:${number}@127.0.0.1`, key: `call-${call}` };
      expect(outcomeOf(await rig.router.decide(sampleRequest(asked)))).toBe('404 number-unknown');
    }
    await nextTurn();
    await bus.close();
    return events.map(({ kind }) => kind?.value);
  }

  it.each([
    ['911000001', {}, '', '+34911000001', 'prefix +34'],
    ['0034911000002', spain, '+34911000002', '+34911000001', ''],
    ['sales', spain, '', '', ''],
  ])(
    'is told of as it came, in E.164, and with the nearest: %s',
    async (received, plan, normalised, near, differsBy) => {
      const sipCallId = 'call-1@192.0.2.10';
      const expected = { trunk: 'carrier', received, normalised, nearest: near, differsBy, sipCallId };
      expect(await told(received, plan)).toEqual([expected]);
    },
  );

  it('is told of twenty times a second at most', async () => {
    expect(await told('911000009', {}, 30)).toHaveLength(20);
  });
});
