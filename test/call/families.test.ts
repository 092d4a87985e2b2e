import { command } from '../harness/command.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { TandemPhone } from '../harness/tandem-phone.ts';
import { talkBothWays } from '../harness/two-tone.ts';
import { acme, Office } from './office.ts';

const describe = needs('namespace', 'baresip');

/** The IPv6 address that stands beside an IPv4 address of the test networks, `10.x.y.z`. */
function sixOf(address: string): string {
  const [, x, y, z] = address.split('.');
  return `fd00:${x}:${y}::${z}`;
}

/** An office whose Tandem is reached by both families, and the address for IPv6. */
async function bothFamilies(network: Network): Promise<{ office: Office; proxy: string }> {
  const added = ['dev', network.bridge, 'nodad'];
  await command(['ip', '-6', 'addr', 'add', `${sixOf(network.gateway)}/64`, ...added]);
  const office = await Office.open(network, acme({ 1001: {}, 1002: {} }), async (address) => {
    const six = sixOf(address);
    const [host] = network.hosts;
    await host?.run(['ip', '-6', 'addr', 'add', `${six}/64`, 'dev', 'eth0', 'nodad']);
    const listen = [address, `[${six}]`].flatMap((each) => [`udp://${each}:5060`, `tcp://${each}:5060`]);
    return [
      ...['--sip-listen', listen.join(',')],
      ...['--rtp-listen', '[::]:20000-29999', '--rtp-advertise', `${address},${six}`],
    ];
  });
  return { office, proxy: `[${sixOf(office.tandem.host.address)}]:5060` };
}

describe('a phone over IPv6', () => {
  it('talks with one over IPv4, whoever calls', async ({ network }) => {
    const { office, proxy } = await bothFamilies(network);
    const bob = await office.phone('1002', { tone: 1000 });
    const local = { host: sixOf(network.gateway) };
    const alice = await TandemPhone.start(network, { ...office.account('1001'), proxy, local });
    await alice.register();
    await talkBothWays(alice, bob);
  });
});
