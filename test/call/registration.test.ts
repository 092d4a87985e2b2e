import { expect } from 'vitest';
import { connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { expectContacts } from './contacts.ts';
import { acme, Office } from './office.ts';

const describe = needs('namespace', 'baresip', 'sipp');

describe('a phone', () => {
  it.concurrent.for(['udp', 'tcp'] as const)(
    'stays registered over %s by registering again',
    async (transport, { network }) => {
      const registration = { minExpires: 1, defaultExpires: 4, maxExpires: 4 };
      const office = await Office.open(network, acme({ 1001: {}, 1002: {} }, { registration }));
      const [alice, bob] = await office.pair({}, { transport });
      await bob.registered();
      // It comes again when a tenth of its time is left.
      const rows = await office.registrations();
      expect(rows.find(({ user }) => user === '1002')?.expiresIn).toBeGreaterThan(1);
      await connectPhones(alice, bob);
      expect(office.tandem.logs().filter(({ msg }) => msg === 'call ringing')).toHaveLength(1);
    },
  );

  it.for(['udp', 'tcp'] as const)(
    'is not called over %s once it has unregistered',
    async (transport, { network }) => {
      const office = await Office.open(network);
      const [alice, bob] = await office.pair({}, { transport });
      await bob.unregister();
      await expectContacts(office, `1001 ${alice.host.address}`);
      await alice.dial(bob.uri);
      expect(await alice.closed()).toBe('480 Temporarily Unavailable');
    },
  );

  it('is not called once its connection is gone', async ({ network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair({}, { transport: 'tcp' });
    await bob.kill();
    await expectContacts(office, `1001 ${alice.host.address}`);
    await alice.dial(bob.uri);
    expect(await alice.closed()).toBe('480 Temporarily Unavailable');
  });
});

describe('a user with too many phones', () => {
  it('is refused the last one', async ({ network }) => {
    const one = { maxContacts: 2, maxContactsPolicy: 'reject' } as const;
    const office = await Office.open(network, acme({ 1001: one }));
    const first = await office.phone('1001', { name: 'first' });
    const second = await office.phone('1001', { name: 'second' });
    const third = await office.softphone('1001', { name: 'third' });
    await expect(third.register()).rejects.toThrow('third: not registered: 403');
    await expectContacts(office, `1001 ${first.host.address}`, `1001 ${second.host.address}`);
  });

  it('loses the oldest one', async ({ network }) => {
    const office = await Office.open(
      network,
      acme({ 1001: { maxContacts: 2, maxContactsPolicy: 'replace' } }),
    );
    await office.phone('1001', { name: 'first' });
    const second = await office.phone('1001', { name: 'second' });
    const third = await office.phone('1001', { name: 'third' });
    await expectContacts(office, `1001 ${second.host.address}`, `1001 ${third.host.address}`);
  });
});
