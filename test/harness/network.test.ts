import { expect } from 'vitest';
import { command } from './command.ts';
import { it } from './fixture.ts';
import { needs } from './needs.ts';
import { Network } from './network.ts';

const describe = needs('namespace');

const SERVE = `require('net').createServer((socket) => socket.end(socket.remoteAddress)).listen(5060, '0.0.0.0')`;
const ASK = `require('net').connect(5060, process.argv[1]).on('data', (data) => console.log('from ' + data))`;

describe('a network', () => {
  it('lets its hosts reach each other by address, on the same port each', async ({ network }) => {
    const [one, two] = await Promise.all([network.host('one'), network.host('two')]);
    for (const host of [one, two]) {
      host.spawn([process.execPath, '-e', SERVE]);
      await host.listening('tcp', 5060);
    }
    const ask = one.spawn([process.execPath, '-e', ASK, two.address]);
    expect(await ask.line(/^from/)).toBe(`from ${one.address}`);
  });

  it('is apart from another and reached from it through the test process', async ({ network }) => {
    const other = await Network.open('the other');
    const [here, there] = await Promise.all([network.host('here'), other.host('there')]);
    expect(other.gateway).not.toBe(network.gateway);
    there.spawn([process.execPath, '-e', SERVE]);
    await there.listening('tcp', 5060);
    const ask = here.spawn([process.execPath, '-e', ASK, there.address]);
    expect(await ask.line(/^from/)).toBe(`from ${here.address}`);
  });

  it('keeps its hardware address whoever joins, so that its hosts do not lose the test process', async ({
    network,
  }) => {
    const hardware = () => command(['ip', '-brief', 'link', 'show', 'type', 'bridge']);
    const before = await hardware();
    for (let index = 0; index < 4; index += 1) await network.host(`host ${index}`);
    const address = / (02:\S+)/;
    expect(address.exec(await hardware())?.[1]).toBe(address.exec(before)?.[1] ?? 'one of its own');
  });

  it('runs commands in a host and passes on their complaints', async ({ network }) => {
    const host = await network.host('one');
    expect(await host.run(['ip', '-brief', 'address', 'show', 'eth0'])).toContain(`${host.address}/24`);
    await expect(host.run(['ip', 'link', 'show', 'eth7'])).rejects.toThrow('Device "eth7" does not exist');
  });
});
