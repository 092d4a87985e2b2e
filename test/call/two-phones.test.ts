import { Baresip, connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import type { Protocol } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { Tandem } from '../harness/tandem.ts';
import { expectTwoTone } from '../harness/two-tone.ts';

const describe = needs('namespace', 'baresip');

const tenant = {
  name: 'acme',
  domains: ['acme.example'],
  users: [
    { name: '1001', password: 'first-secret', aliases: ['alice'] },
    { name: '1002', password: 'second-secret', aliases: ['bob'] },
  ],
};

async function registered(
  network: Network,
  tandem: Tandem,
  user: '1001' | '1002',
  transport: Protocol,
): Promise<Baresip> {
  const phone = await Baresip.start(await network.host(`phone-${user}`), {
    user,
    tone: user === '1001' ? 440 : 1000,
    domain: 'acme.example',
    proxy: tandem.proxy,
    password: user === '1001' ? 'first-secret' : 'second-secret',
    transport,
  });
  await phone.register();
  return phone;
}

describe('two phones that register with Tandem', () => {
  it.for([
    ['udp', 'udp'],
    ['tcp', 'tcp'],
    ['udp', 'tcp'],
    ['tcp', 'udp'],
  ] as const)('hear each other, from %s to %s', async ([from, to], { network }) => {
    const tandem = await Tandem.start(await network.host('tandem'), tenant);
    const alice = await registered(network, tandem, '1001', from);
    const bob = await registered(network, tandem, '1002', to);
    await connectPhones(alice, bob);
    await expectTwoTone(alice, bob);
    await alice.hangup();
    await bob.closed();
  });
});
