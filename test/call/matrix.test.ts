import { describe as suite } from 'vitest';
import { connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { type Make, makes } from './makes.ts';
import { acme, Office } from './office.ts';

const describe = needs('namespace', 'baresip', 'linphonec');

const names = Object.keys(makes) as Make[];

describe('without any trunk', () => {
  suite.for(['udp', 'tcp'] as const)('over %s', (transport) => {
    it.for(names)('%s talks with every make of phone', async (make, { network }) => {
      const users = Object.fromEntries(['caller', ...names].map((user) => [user, {}]));
      const office = await Office.open(network, acme(users));
      const caller = await makes[make](network, { ...office.account('caller'), transport });
      await caller.register();
      for (const name of names) {
        const callee = await makes[name](network, { ...office.account(name), transport, tone: 1000 });
        await callee.register();
        await connectPhones(caller, callee);
        await expectTwoTone(caller, callee);
        await caller.hangup();
        await callee.closed();
      }
    });
  });
});
