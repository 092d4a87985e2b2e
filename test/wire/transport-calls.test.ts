import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { Authority } from '../harness/authority.ts';
import type { Protocol } from '../harness/host.ts';
import { needs } from '../harness/needs.ts';
import { Network } from '../harness/network.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import { Sipp } from '../harness/sipp.ts';
import { Tandem } from '../harness/tandem.ts';
import { TlsRelay } from '../harness/tls-relay.ts';
import { acme, nextAccount } from './acme.ts';
import { bind, calling } from './desk.ts';
import { it as base } from './fixture.ts';

const describe = needs('namespace', 'openssl', 'sipp');

/** The row asks for 1,000; the suite makes as many as it has time for. */
const calls = Number(process.env.TRANSPORT_CALLS ?? 100);
/** Calls a second over each: few enough for whatever else keeps the machine busy. */
const rate = 10;
const deadline = (calls / rate) * 1_000 + 60_000;

interface Site {
  readonly network: Network;
  readonly tandem: Tandem;
  readonly relay: TlsRelay;
}

const it = base.extend<{ site: Site }>({
  site: [
    async ({ tenant }, use) => {
      const network = await Network.open('transports');
      const host = await network.host('tandem');
      const { address } = host;
      const authority = await Authority.create();
      const { certificate, key } = await authority.issue([`DNS:${acme.domains[0]}`, `IP:${address}`]);
      const listen = `udp://${address}:5060,tcp://${address}:5060,tls://${address}:5061`;
      const flags = ['--sip-listen', listen, '--sip-tls-certificate', certificate, '--sip-tls-key', key];
      const tandem = await Tandem.start(host, tenant, [...flags, '--sip-shedding', 'off']);
      const ca = await readFile(authority.certificate, 'latin1');
      const relay = await TlsRelay.open(network.gateway, { host: address, port: 5061, ca });
      await use({ network, tandem, relay });
      relay.close();
      await network.close();
    },
    { scope: 'file' },
  ],
});

describe('the same calls', () => {
  it.for(['udp', 'tcp', 'tls'] as const)(
    'are made over %s (KA-16)',
    { concurrent: true, timeout: 2 * deadline },
    async (transport, { site: { network, relay, tandem }, onTestFinished }) => {
      const [alice, bob] = [nextAccount(), nextAccount()];
      const [near, far] = [await network.host(alice.user), await network.host(bob.user)];
      await bind(far, tandem.proxy, bob);
      const uas = await Sipp.start(far, { scenario: 'uas-answer', calls, traced: false });
      // Of this test: it runs beside the others.
      // Of this test: others run beside it.
      onTestFinished(() => void uas.stop());
      // Debian's sipp speaks no TLS: it is lent it.
      const over: Protocol = transport === 'udp' ? 'udp' : 'tcp';
      const remote = transport === 'tls' ? relay.address : tandem.proxy;
      const load = { remote, transport: over, calls, rate, traced: false };
      const uac = await Sipp.start(near, { ...calling(alice, bob), scenario: 'uac-invite', ...load });
      expect(await uac.succeed(deadline)).toMatchObject({ successful: calls, failed: 0 });
      expect(await uas.succeed(deadline)).toMatchObject({ successful: calls, failed: 0 });
    },
  );

  it('went over it', async ({ site: { tandem } }) => {
    const series = await seriesOf(tandem);
    const received = ['udp', 'tcp', 'tls'].map((transport) =>
      sumOf(series, 'tandem_sip_messages_total', { transport, direction: 'received' }),
    );
    // Of each call INVITE and ACK, both again with credentials, and BYE.
    for (const messages of received) expect(messages).toBeGreaterThanOrEqual(5 * calls);
  });
});
