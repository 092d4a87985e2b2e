import { expect } from 'vitest';
import { connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { acme, Office } from './office.ts';

const describe = needs('namespace', 'baresip');

describe('a change to the configuration', () => {
  it('lets a new user in, and calls go on', async ({ network }) => {
    const office = await Office.open(network, acme({ 1001: {}, 1002: {} }));
    const [alice, bob] = await office.pair();
    const carol = await office.softphone('1003');
    await expect(carol.register()).rejects.toThrow('not registered: 401');
    await connectPhones(alice, bob);
    await office.tandem.configure(acme({ 1001: {}, 1002: {}, 1003: {} }));
    await office.tandem.logged('configuration changed');
    await carol.register();
    await expectTwoTone(alice, bob, 'now');
  });

  it('puts a new password into force, and calls go on (TR-18)', async ({ network }) => {
    const office = await Office.open(network, acme({ 1001: {}, 1002: {} }));
    const [alice, bob] = await office.pair();
    const [before, after] = await Promise.all([
      office.softphone('1001', { name: 'before' }),
      office.softphone('1001', { name: 'after', password: 'changed' }),
    ]);
    await before.register();
    await connectPhones(alice, bob);
    await office.tandem.configure(acme({ 1001: { password: 'changed' }, 1002: {} }));
    await office.tandem.logged('configuration changed');
    await after.register();
    await expect(before.register()).rejects.toThrow('not registered: 401');
    await expectTwoTone(alice, bob, 'now');
  });

  it('gives the next call other codecs, and none to the one that goes on (TR-16)', async ({ network }) => {
    const of = (codecs: string[]) => acme({ 1001: {}, 1002: { codecs } });
    const office = await Office.open(network, of(['PCMU']));
    const [alice, bob] = await office.pair();
    await connectPhones(alice, bob);
    await office.tandem.configure(of(['PCMA']));
    await office.tandem.logged('configuration changed');
    await expectTwoTone(alice, bob, 'now');
    await alice.hangup();
    expect(await office.tandem.logged('call ended')).toMatchObject({ codec: 'PCMU/8000' });
    await connectPhones(alice, bob);
    await alice.hangup();
    expect(await office.tandem.logged('call ended')).toMatchObject({ codec: 'PCMA/8000' });
  });

  it('takes away a user, who is no longer found', async ({ network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair();
    await office.tandem.configure(acme({ 1001: {} }));
    await office.tandem.logged('configuration changed');
    await alice.dial(bob.uri);
    expect(await alice.closed()).toBe('404 Not Found');
  });

  it('is rejected as a whole when it is wrong, and says where', async ({ network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair();
    await office.tandem.configure(acme({ 1002: {}, 1003: { maxContacts: 0 } }));
    const rejected = await office.tandem.logged('configuration rejected, the previous one stays in force');
    expect(rejected.err).toMatchObject({
      fault: 'configuration-invalid',
      detail: expect.stringMatching(/^acme.yaml:\d+ User\/1003 spec.maxContacts: must be at least 1$/),
    });
    await connectPhones(alice, bob);
  });
});
