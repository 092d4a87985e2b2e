import { expect } from 'vitest';
import { type Baresip, connectPhones } from '../harness/baresip.ts';
import { until } from '../harness/deadline.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import { acme, Office } from './office.ts';

const describe = needs('namespace', 'baresip', 'iptables');

/** Nothing that it says leaves its machine any more. */
async function silence({ host }: Baresip): Promise<void> {
  await host.run(['iptables', '-A', 'OUTPUT', '-p', 'udp', '--sport', '10000:10999', '-j', 'DROP']);
}

describe('a call without media', () => {
  const tenant = acme({ 1001: {}, 1002: {} }, { media: { inactivity: 2 } });
  const ended = { status: 200, releasedBy: 'system', fault: 'media-silent', outcome: 'indeterminate' };

  it.concurrent('is ended, and both phones are told', async ({ network }) => {
    const office = await Office.open(network, tenant);
    const [alice, bob] = await office.pair();
    await connectPhones(alice, bob);
    await Promise.all([silence(alice), silence(bob)]);
    await Promise.all([alice.closed(), bob.closed()]);
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
  });

  it.concurrent('is ended when both phones are gone', async ({ network }) => {
    const office = await Office.open(network, tenant);
    const [alice, bob] = await office.pair();
    await connectPhones(alice, bob);
    await Promise.all([alice.kill(), bob.kill()]);
    expect(await office.tandem.logged('call ended')).toMatchObject(ended);
    expect(await office.tandem.ask('calls', '-o', 'json')).toBe('[]\n');
  });

  it.concurrent('goes on when one side still speaks', async ({ network }) => {
    const office = await Office.open(network, tenant);
    const [alice, bob] = await office.pair();
    await connectPhones(alice, bob);
    await silence(alice);
    const held = await alice.received();
    // More than the limit's worth of packets at 50 a second.
    await until(
      () => 'three seconds of audio',
      async () => (await alice.received()) > held + 150,
      10_000,
    );
    await alice.hangup();
    expect(await office.tandem.logged('call ended')).toMatchObject({
      releasedBy: 'caller',
      outcome: 'success',
    });
  });
});
