import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { connectPhones } from '../harness/baresip.ts';
import { until } from '../harness/deadline.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Tandem } from '../harness/tandem.ts';
import { expectTwoTone } from '../harness/two-tone.ts';
import { Office } from './office.ts';

const describe = needs('namespace', 'baresip');

/** Registrations are written a second after they were made. */
async function kept(tandem: Tandem, ...users: readonly string[]): Promise<void> {
  const file = join(tandem.data, 'registrations');
  const isWritten = async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return users.every((user) => text.includes(`"acme/${user}"`));
  };
  await until(() => `${users.join(' and ')} in ${file}`, isWritten);
}

describe('a restart', () => {
  it.for(['kill', 'stop'] as const)('keeps phones registered after %s', async (end, { network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair();
    if (end === 'kill') await kept(office.tandem, '1001', '1002');
    await office.tandem[end]();
    await office.tandem.start();
    await connectPhones(alice, bob);
    await expectTwoTone(alice, bob);
  });

  it('forgets connections, which do not outlive it', async ({ network }) => {
    const office = await Office.open(network);
    const alice = await office.phone('1001');
    const bob = await office.softphone('1002', { transport: 'tcp' });
    await bob.register();
    await office.tandem.stop();
    await office.tandem.start();
    expect(await office.contacts()).toEqual([`1001 ${alice.host.address}`]);
  });
});

describe('a stop', () => {
  it.for(['udp', 'tcp'] as const)('hangs up the calls over %s', async (transport, { network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair({ transport }, { transport });
    await connectPhones(alice, bob);
    expect(await office.tandem.stop()).toEqual({ code: 0, signal: null });
    await Promise.all([alice.closed(), bob.closed()]);
    expect(office.tandem.logs().findLast(({ msg }) => msg === 'call ended')).toMatchObject({
      releasedBy: 'system',
      fault: 'system-stopped',
    });
  });

  it('ends the calls that ring', async ({ network }) => {
    const office = await Office.open(network);
    const [alice, bob] = await office.pair();
    await alice.dial(bob.uri);
    await Promise.all([alice.ringing(), bob.incoming()]);
    expect(await office.tandem.stop()).toEqual({ code: 0, signal: null });
    await bob.closed();
    expect(await alice.closed()).toBe('503 Service Unavailable');
    expect(office.tandem.logs().findLast(({ msg }) => msg === 'call ended')).toMatchObject({
      status: 503,
      releasedBy: 'system',
      fault: 'system-stopped',
      outcome: 'server_error',
    });
  });
});
