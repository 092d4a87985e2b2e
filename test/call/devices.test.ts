import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { received } from '../harness/sipp-trace.ts';
import { expectContacts } from './contacts.ts';
import { makes } from './makes.ts';
import { Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'linphonec', 'sipp');

describe('four devices of one user', () => {
  it('all ring, and each unregisters alone', async ({ network }) => {
    const office = await Office.open(network);
    const alice = await office.phone('1001');
    const phones = await Promise.all(
      Object.values(makes).map((start) => start(network, office.account('1002'))),
    );
    for (const phone of phones) await phone.register();
    const desk = await network.host('desk');
    await office.bind(desk, '1002');
    const sipp = await Sipp.start(desk, { scenario: 'uas-ring-only', calls: 1 });

    await alice.dial(uriOf('1002'));
    for (const phone of phones) expect(await phone.incoming()).toBe(alice.uri);
    await alice.ringing();
    await alice.hangup();
    await Promise.all(phones.map((phone) => phone.closed()));
    received((await sipp.succeed()).trace, 'CANCEL');

    const contacts = [`1001 ${alice.host.address}`, ...phones.map(({ host }) => `1002 ${host.address}`)];
    await expectContacts(office, ...contacts, `1002 ${desk.address}`);
    await office.bind(desk, '1002', ';expires=0');
    await expectContacts(office, ...contacts);
    for (const phone of phones) {
      await phone.unregister();
      contacts.splice(1, 1);
      await expectContacts(office, ...contacts);
    }
    await alice.dial(uriOf('1002'));
    expect(await alice.closed()).toBe('480 Temporarily Unavailable');
  });
});
