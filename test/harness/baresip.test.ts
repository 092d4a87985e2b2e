import { expect } from 'vitest';
import { Baresip, connectPhones } from './baresip.ts';
import { until } from './deadline.ts';
import { it } from './fixture.ts';
import type { Protocol } from './host.ts';
import { needs } from './needs.ts';
import type { Network } from './network.ts';
import { Sipp } from './sipp.ts';
import { expectTwoTone } from './two-tone.ts';

const describe = needs('namespace', 'baresip', 'sipp', 'iptables');

/** Milliseconds in which a tone would be heard: what is not there does not come. */
const BRIEF = 2_000;

async function phones(network: Network, transport: Protocol = 'udp'): Promise<[Baresip, Baresip]> {
  const [alice, bob] = await Promise.all([network.host('alice'), network.host('bob')]);
  return Promise.all([
    Baresip.start(alice, { user: 'alice', tone: 440, transport }),
    Baresip.start(bob, { user: 'bob', tone: 1000, transport }),
  ]);
}

describe('two phones', () => {
  it.for(['udp', 'tcp'] as const)('hear each other in a call over %s', async (transport, { network }) => {
    const [alice, bob] = await phones(network, transport);
    await connectPhones(alice, bob);
    const connections = await alice.host.run(['ss', '-Htn', 'dst', `${bob.host.address}:5060`]);
    expect(connections !== '').toBe(transport === 'tcp');
    await expectTwoTone(alice, bob);
    await alice.hangup();
    expect(await bob.closed()).toBe('Connection reset by peer');
  });

  it('are caught when one says nothing', async ({ network }) => {
    const [alice, bob] = await phones(network);
    await connectPhones(alice, bob);
    await bob.mute();
    await expect(expectTwoTone(alice, bob, 'answer', BRIEF)).rejects.toThrow(
      'alice does not hear 1000 Hz of bob: no tone in',
    );
  });

  it('are caught when the audio goes one way', async ({ network }) => {
    const [alice, bob] = await phones(network);
    await bob.host.run(['iptables', '-A', 'OUTPUT', '-p', 'udp', '--sport', '10000:10999', '-j', 'DROP']);
    await connectPhones(alice, bob);
    await expect(expectTwoTone(alice, bob, 'answer', BRIEF)).rejects.toThrow(
      'alice does not hear 1000 Hz of bob: no tone in 0.0 s',
    );
  });

  it('are heard from the answer, however late that comes', async ({ network }) => {
    const [alice, bob] = await phones(network);
    await alice.dial(bob.uri);
    await bob.incoming();
    const heard = expectTwoTone(alice, bob);
    await bob.accept();
    await heard;
  });

  it('are heard later in the call as well', async ({ network }) => {
    const [alice, bob] = await phones(network);
    await connectPhones(alice, bob);
    await alice.mute();
    await expect(expectTwoTone(alice, bob, 'now', BRIEF)).rejects.toThrow(
      'bob does not hear 440 Hz of alice',
    );
    await alice.mute();
    await expectTwoTone(alice, bob, 'now');
  });

  it('hold and resume', async ({ network }) => {
    const [alice, bob] = await phones(network);
    await connectPhones(alice, bob);
    await alice.hold();
    const held = await alice.received();
    await alice.resume();
    await until(
      () => 'audio after the hold',
      async () => (await alice.received()) > held + 10,
    );
  });

  it('send digits', async ({ network }) => {
    const [alice, bob] = await phones(network);
    await connectPhones(alice, bob);
    await alice.sendDigits('12#');
    expect([await bob.digit(), await bob.digit(), await bob.digit()]).toEqual(['1', '2', '#']);
  });

  it('learn why a call ended, one call after the other', async ({ network }) => {
    const [alice, bob] = await phones(network);
    await alice.dial(bob.uri);
    expect(await bob.incoming()).toBe(alice.uri);
    await alice.ringing();
    await bob.hangup();
    expect(await alice.closed()).toBe('486 Rejected');
    await alice.dial(`sip:nobody@${bob.host.address}`);
    expect(await alice.closed()).toBe('404 Not Found');
    await alice.dial(bob.uri);
    await bob.incoming();
    await alice.hangup();
    expect(await bob.closed()).toBe('Connection reset by peer');
  });
});

describe('a phone', () => {
  it.for(['udp', 'tcp'] as const)('registers with digest over %s', async (transport, { network }) => {
    const registrar = await network.host('registrar');
    const sipp = await Sipp.start(registrar, { scenario: 'uas-registrar', transport, calls: 1 });
    const phone = await Baresip.start(await network.host('alice'), {
      user: '1001',
      tone: 440,
      domain: 'acme.example',
      proxy: `${registrar.address}:5060`,
      password: 'secret',
      transport,
    });
    await phone.register();
    expect((await sipp.succeed()).logs).toEqual(['1001']);
  });

  it('is told when its password is wrong', async ({ network }) => {
    const registrar = await network.host('registrar');
    await Sipp.start(registrar, { scenario: 'uas-registrar' });
    const phone = await Baresip.start(await network.host('alice'), {
      user: '1001',
      tone: 440,
      domain: 'acme.example',
      proxy: `${registrar.address}:5060`,
      password: 'wrong',
    });
    await expect(phone.register()).rejects.toThrow('alice: not registered: 403 Forbidden');
  });
});
