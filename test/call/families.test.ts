import { expect } from 'vitest';
import { Authority } from '../harness/authority.ts';
import { connectPhones } from '../harness/baresip.ts';
import { command } from '../harness/command.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { TandemPhone } from '../harness/tandem-phone.ts';
import { talkBothWays } from '../harness/two-tone.ts';
import { ports } from '../wire/everywhere.ts';
import { acme, domain, Office } from './office.ts';

const describe = needs('namespace', 'baresip', 'openssl');

/** The IPv6 address that stands beside an IPv4 address of the test networks, `10.x.y.z`. */
function sixOf(address: string): string {
  const [, x, y, z] = address.split('.');
  return `fd00:${x}:${y}::${z}`;
}

const transports = ['udp', 'tcp', 'tls', 'wss'] as const;

/** An office whose Tandem is reached by both families, and its address for IPv6, in brackets. */
async function bothFamilies(network: Network): Promise<{ office: Office; host: string }> {
  const { certificate, key } = await (await Authority.create()).issue([`DNS:${domain}`]);
  const added = ['dev', network.bridge, 'nodad'];
  await command(['ip', '-6', 'addr', 'add', `${sixOf(network.gateway)}/64`, ...added]);
  const office = await Office.open(network, acme({ 1001: {}, 1002: {} }), async (address) => {
    const six = sixOf(address);
    const [host] = network.hosts;
    await host?.run(['ip', '-6', 'addr', 'add', `${six}/64`, 'dev', 'eth0', 'nodad']);
    const listen = [address, `[${six}]`].flatMap((each) =>
      transports.map((transport) => `${transport}://${each}:${ports[transport]}`),
    );
    return [
      ...['--sip-listen', listen.join(','), '--sip-tls-certificate', certificate, '--sip-tls-key', key],
      ...['--rtp-listen', '[::]:20000-29999', '--rtp-advertise', `${address},${six}`],
    ];
  });
  return { office, host: `[${sixOf(office.tandem.host.address)}]` };
}

describe('a phone over IPv6', () => {
  it('talks with one over IPv4, whoever calls', async ({ network }) => {
    const { office, host } = await bothFamilies(network);
    const proxy = `${host}:${ports.udp}`;
    const bob = await office.phone('1002', { tone: 1000 });
    const local = { host: sixOf(network.gateway) };
    const alice = await TandemPhone.start(network, { ...office.account('1001'), proxy, local });
    await alice.register();
    await talkBothWays(alice, bob);
  });

  it('is served over every transport, by an edge that speaks to the other one over IPv4', async ({
    network,
  }) => {
    const { office, host } = await bothFamilies(network);
    const bob = await office.phone('1002');
    const local = { host: sixOf(network.gateway) };
    for (const transport of ['tcp', 'tls', 'wss'] as const) {
      const place = { transport, proxy: `${host}:${ports[transport]}`, local };
      const security = { insecure: true };
      const alice = await TandemPhone.start(network, { ...office.account('1001'), ...place, security });
      await alice.register();
      const rows = await office.registrations();
      expect(rows.find(({ user }) => user === '1001')?.source).toMatch(/^\[fd00:[0-9a-f:]+::1\]:\d+$/);
      await connectPhones(alice, bob);
      await alice.hangup();
      await bob.closed();
      await connectPhones(bob, alice);
      await bob.hangup();
      await alice.closed();
      await alice.unregister();
    }
  });
});
