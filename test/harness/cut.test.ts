import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'vitest';
import { Cut } from './cut.ts';
import { until } from './deadline.ts';
import { it } from './fixture.ts';
import type { Host } from './host.ts';
import { needs } from './needs.ts';
import type { Network } from './network.ts';
import { VirtualAddress } from './virtual-address.ts';

const describe = needs('namespace', 'iptables');

const ECHO = `const s = require('dgram').createSocket('udp4');
s.on('message', (m, r) => s.send(process.argv[1], r.port, r.address)).bind(4000, process.argv[2]);`;

/** Longer than an answer takes, and no longer than a test may wait for none. */
const SILENCE = 400;

/** Answers every datagram to port 4000 with the name of the host. */
async function echo(host: Host, address = host.address): Promise<void> {
  host.spawn([process.execPath, '-e', ECHO, host.name, address]);
  await host.listening('udp', 4000);
}

/** Asks again and again, as a phone does, until somebody answers. */
async function asked(network: Network, address: string, ms?: number): Promise<string> {
  const socket = createSocket('udp4').bind(0, network.gateway);
  await once(socket, 'listening');
  let heard = '';
  socket.on('message', (bytes) => (heard = bytes.toString()));
  const answered = () => {
    socket.send('?', 4000, address);
    return heard !== '';
  };
  await until(() => `an answer from ${address}`, answered, ms).finally(() => socket.close());
  return heard;
}

describe('an address that hosts share', () => {
  it('is at the host that has it, at once for everybody', async ({ network }) => {
    const [one, two] = await Promise.all([network.host('one'), network.host('two')]);
    const shared = new VirtualAddress(network);
    await Promise.all([one, two].map((host) => shared.share(host)));
    await Promise.all([one, two].map((host) => echo(host, shared.address)));
    for (const host of [one, two, one]) {
      await shared.move(host);
      expect(await asked(network, shared.address)).toBe(host.name);
    }
  });
});

describe('a link', () => {
  it('is cut between a host and an address, and heals', async ({ network }) => {
    const [one, two] = await Promise.all([network.host('one'), network.host('two')]);
    await Promise.all([echo(one), echo(two)]);
    const cut = await Cut.between(one, network.gateway);
    await expect(asked(network, one.address, SILENCE)).rejects.toThrow('an answer from');
    expect(await asked(network, two.address)).toBe('two');
    await cut.heal();
    expect(await asked(network, one.address)).toBe('one');
  });

  it('is cut for one port', async ({ network }) => {
    const one = await network.host('one');
    await echo(one);
    await Cut.between(one, network.gateway, { port: 9 });
    expect(await asked(network, one.address)).toBe('one');
  });

  it('loses a part', async ({ network }) => {
    const one = await network.host('one');
    await echo(one);
    await Cut.between(one, network.gateway, { share: 0.5 });
    expect(await asked(network, one.address)).toBe('one');
    expect(await one.run(['iptables', '-S'])).toContain('--probability 0.5');
  });

  it('is unplugged, and keeps its routes', async ({ network }) => {
    const one = await network.host('one');
    await echo(one);
    await one.unplug();
    await expect(asked(network, one.address, SILENCE)).rejects.toThrow('an answer from');
    await one.plug();
    expect(await asked(network, one.address)).toBe('one');
  });
});
