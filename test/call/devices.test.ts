import { expect, onTestFinished } from 'vitest';
import { launch } from '../harness/browser/browser-phone.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { Sipp } from '../harness/sipp.ts';
import { received } from '../harness/sipp-trace.ts';
import { expectContacts } from './contacts.ts';
import { makes } from './makes.ts';
import { uriOf } from './office.ts';
import { WebOffice } from './web-office.ts';

const describe = needs('namespace', 'baresip', 'chromium', 'linphonec', 'openssl', 'sipp');

describe('five devices of one user', () => {
  it('all ring, and each unregisters alone', async ({ network }) => {
    const web = await WebOffice.open(network);
    const { office } = web;
    const chromium = await launch();
    onTestFinished(() => chromium.close());
    const alice = await office.phone('1001');
    const phones = await Promise.all(
      Object.values(makes).map((start) => start(network, office.account('1002'))),
    );
    for (const phone of phones) await phone.register();
    const browser = await web.browser(chromium, '1002');
    const desk = await network.host('desk');
    await office.bind(desk, '1002');
    const sipp = await Sipp.start(desk, { scenario: 'uas-ring-only', calls: 1 });

    await alice.dial(uriOf('1002'));
    for (const phone of phones) expect(await phone.incoming()).toBe(alice.uri);
    await browser.said('incoming');
    await alice.ringing();
    await alice.hangup();
    await Promise.all(phones.map((phone) => phone.closed()));
    await browser.said('closed');
    received((await sipp.succeed()).trace, 'CANCEL');

    // A browser is on the machine of the tests.
    const others = [...phones.map(({ host }) => host.address), network.gateway];
    const contacts = [`1001 ${alice.host.address}`, ...others.map((address) => `1002 ${address}`)];
    await expectContacts(office, ...contacts, `1002 ${desk.address}`);
    await office.bind(desk, '1002', ';expires=0');
    await expectContacts(office, ...contacts);
    for (const phone of phones) {
      await phone.unregister();
      contacts.splice(1, 1);
      await expectContacts(office, ...contacts);
    }
    await browser.do('close');
    await browser.said('unregistered');
    await expectContacts(office, ...contacts.slice(0, 1));
    await alice.dial(uriOf('1002'));
    expect(await alice.closed()).toBe('480 Temporarily Unavailable');
  });
});
