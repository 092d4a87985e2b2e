import { expect } from 'vitest';
import { command } from '../harness/command.ts';
import { until } from '../harness/deadline.ts';
import type { Host } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { Network } from '../harness/network.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { Tandem } from '../harness/tandem.ts';
import { acme, nextAccount } from './acme.ts';
import { connect, hangUp } from './call.ts';
import { it } from './fixture.ts';
import { Phone } from './phone.ts';
import { statusOf } from './reply.ts';

const describe = needs('namespace', 'iptables');

/** Of the last octet that no host gets. */
function virtual({ address }: Host): string {
  return address.replace(/\d+$/, '200');
}

async function move(host: Host, change: 'add' | 'del'): Promise<void> {
  await host.run(['ip', 'addr', change, `${virtual(host)}/24`, 'dev', 'eth0']);
  // Who has asked for it in vain would not ask again at once.
  await command(['ip', 'neigh', 'flush', 'to', virtual(host)]);
}

/** Lets a phone hear nothing that leaves from the host's own address, as a NAT would that knows the other one only. */
async function shield(host: Host, phone: Phone): Promise<void> {
  const port = phone.wire.local.split(':')[1]!;
  const own = ['-s', host.address, '-p', phone.transport, '--dport', port];
  await host.run(['iptables', '-A', 'OUTPUT', ...own, '-j', 'DROP']);
}

async function said(tandem: Tandem, what: string, times: number): Promise<void> {
  await until(
    () => what,
    () => tandem.logs().filter(({ msg }) => msg === what).length === times,
  );
}

describe('an address that edges share', () => {
  it.for([
    ['beside listeners of the edge', 2, (own: string) => `udp://${own}:5060,tcp://${own}:5060`],
    ['beside listeners for all addresses', 1, () => 'udp://0.0.0.0:5060,tcp://0.0.0.0:5060'],
  ] as const)('is served while this machine has it, %s', async ([, sockets, listen]) => {
    const network = await Network.open('an address that moves');
    const host = await network.host('tandem');
    const flags = ['--sip-listen', listen(host.address), '--sip-advertise', host.address];
    const tandem = await Tandem.start(host, acme, [...flags, '--sip-shared', virtual(host)]);
    const phones: Phone[] = [];
    const phone = async (remote: string, transport: 'udp' | 'tcp' = 'udp'): Promise<Phone> => {
      const opened = await Phone.open(nextAccount(), { transport, local: network.gateway, remote });
      phones.push(opened);
      return opened;
    };
    const alice = await phone(host.address);
    for (let turn = 0; turn < 2; turn++) {
      await move(host, 'add');
      await said(tandem, 'an address is here: listening', sockets * (turn + 1));
      // A connection survives that the first packet to a new address is lost, which happens.
      const carol = await phone(virtual(host), 'tcp');
      expect(statusOf(await carol.register())).toBe(200);
      await hangUp(await connect(alice, carol), carol);
      const bob = await phone(virtual(host));
      await shield(host, bob);
      const contact = `<sip:${bob.account.user}@192.0.2.99>`;
      expect(statusOf(await bob.register({ Contact: contact }))).toBe(200);
      const call = await connect(alice, bob, {}, () => ({ Contact: contact }));
      expect(call.invite.header('Via')).toContain(`${host.address}:5060`);
      await hangUp(call, bob);
      await move(host, 'del');
      await said(tandem, 'an address is gone: closed', sockets * (turn + 1));
    }
    for (const each of phones) each.close();
    await network.close();
  });

  it('brings the phones along that are to be kept alive', async ({ network }) => {
    const host = await network.host('tandem');
    const flags = ['--sip-shared', virtual(host)];
    const tandem = await Tandem.start(host, { ...acme, registration: { keepAlive: 1 } }, flags);
    const kept = (count: number) =>
      until(
        () => `${count} phones kept alive`,
        async () => sumOf(await seriesOf(tandem), 'tandem_phones_kept_alive') === count,
      );
    await move(host, 'add');
    await said(tandem, 'an address is here: listening', 2);
    const line = { transport: 'udp', local: network.gateway, remote: virtual(host) } as const;
    const bob = await Phone.open(nextAccount(), line);
    await bob.register({ Contact: `<sip:${bob.account.user}@192.0.2.99>` });
    expect((await bob.answer('OPTIONS')).start).toBe(`OPTIONS sip:${bob.account.user}@192.0.2.99 SIP/2.0`);
    await move(host, 'del');
    await kept(0);
    await move(host, 'add');
    await kept(1);
    bob.close();
  });
});
