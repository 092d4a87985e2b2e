import { expect } from 'vitest';
import { connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { acme, Office, uriOf } from './office.ts';

const describe = needs('namespace', 'baresip');

describe('a call', () => {
  it('is transferred by the callee to somebody else', async ({ network }) => {
    const office = await Office.open(network, acme({ 1001: {}, 1002: {}, 1003: {} }));
    const [alice, bob] = await office.pair();
    const carol = await office.phone('1003', { tone: 600 });
    await connectPhones(alice, bob);
    await bob.command('transfer', uriOf('1003'));
    expect(await carol.incoming()).toBe(alice.uri);
    await carol.accept();
    await Promise.all([alice.established(), carol.established()]);
    expect(await bob.closed()).toBe('Call transfered');
    await expectTwoTone(alice, carol);
  });
});
