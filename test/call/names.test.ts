import { expect } from 'vitest';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { received } from '../harness/sipp-trace.ts';
import { acme, domain, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip', 'sipp');

const otherDomain = 'acme.test';

describe('a user', () => {
  it('is called by its name and by each alias, in each domain', async ({ network }) => {
    const users = { 1001: {}, 100: { aliases: ['sales', '+34910000001'] } };
    const office = await Office.open(network, acme(users, { domains: [domain, otherDomain] }));
    const alice = await office.phone('1001');
    const sales = await office.phone('100');
    for (const name of ['100', 'sales', '+34910000001']) {
      for (const host of [domain, otherDomain]) {
        await alice.dial(`sip:${name}@${host}`);
        expect(await sales.incoming()).toBe(alice.uri);
        await alice.hangup();
        await sales.closed();
        expect(await office.tandem.logged('call ended')).toMatchObject({ status: 487 });
      }
    }
    const callees = office.tandem.logs().filter(({ msg }) => msg === 'call started');
    expect(new Set(callees.map(({ callee }) => callee))).toEqual(new Set([uriOf('100')]));
  });

  it('registers under an alias, and in another domain', async ({ network }) => {
    const users = { 1001: {}, 100: { password: 'x', aliases: ['sales'] } };
    const office = await Office.open(network, acme(users, { domains: [domain, otherDomain] }));
    const alice = await office.phone('1001', { domain: otherDomain });
    const sales = await office.phone('sales', { password: 'x' });
    await alice.dial(`sip:100@${domain}`);
    expect(await sales.incoming()).toBe(`sip:1001@${otherDomain}`);
    expect(await office.contacts()).toEqual([`1001 ${alice.host.address}`, `100 ${sales.host.address}`]);
  });

  it('is not found under another name', async ({ network }) => {
    const office = await Office.open(network, acme({ 1001: {}, 100: { aliases: ['sales'] } }));
    const alice = await office.phone('1001');
    await office.phone('100');
    await alice.dial(uriOf('sale'));
    expect(await alice.closed()).toBe('404 Not Found');
    expect(await office.tandem.logged('unknown user sale, nearest: sales')).toMatchObject({
      fault: 'user-unknown',
      requestUri: expect.stringContaining(uriOf('sale')),
    });
  });
});

describe('names', () => {
  const names = ['my-name', 'my-other-name', 'my.name', 'my_name', 'my+name', 'my'];

  it('are told apart exactly', async ({ network }) => {
    const office = await Office.open(network, acme(Object.fromEntries(names.map((name) => [name, {}]))));
    const phones = await Promise.all(names.map((name) => office.phone(name)));
    const contacts = phones.map(({ host }, index) => `${names[index]} ${host.address}`);
    expect((await office.contacts()).toSorted()).toEqual(contacts.toSorted());
    for (const [index, callee] of phones.entries()) {
      const caller = phones.at(index - 1)!;
      await caller.dial(callee.uri);
      expect(await callee.incoming()).toBe(caller.uri);
      expect(await office.tandem.logged('call started')).toMatchObject({
        tenant: 'acme',
        caller: `${names.at(index - 1)}@acme`,
        callee: uriOf(names[index]!),
      });
      await caller.hangup();
      await callee.closed();
    }
  });

  it('are shown as they were written', async ({ network }) => {
    const displayName = 'Zoë-Ñandú-日本-🦊';
    const office = await Office.open(network);
    const alice = await office.phone('1001', { displayName });
    const desk = await office.desk('1002', 'uas-answer');
    await alice.dial(uriOf('1002'));
    await alice.established();
    await alice.hangup();
    const { message } = received((await desk.succeed()).trace, 'INVITE');
    expect(message.header('From')).toContain(`"${displayName}" <${alice.uri}>`);
  });
});
