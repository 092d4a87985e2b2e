import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Authority } from '../harness/authority.ts';
import type { Baresip } from '../harness/baresip.ts';
import { connectPhones } from '../harness/baresip.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { TandemPhone } from '../harness/tandem-phone.ts';
import { expectTwoTone, talkBothWays } from '../harness/two-tone.ts';
import { acme, domain, Office } from './office.ts';

const describe = needs('namespace', 'baresip', 'openssl');

/** An office whose Tandem listens for TLS as well, with a certificate that can be changed. */
class SecureOffice {
  readonly office: Office;
  readonly authority: Authority;
  /** `address:port` of the TLS listener. */
  readonly proxy: string;
  readonly #network: Network;

  private constructor(network: Network, office: Office, authority: Authority) {
    this.#network = network;
    this.office = office;
    this.authority = authority;
    this.proxy = `${office.tandem.host.address}:5061`;
  }

  static async open(network: Network): Promise<SecureOffice> {
    const authority = await Authority.create();
    const { certificate, key } = filesIn(authority.folder);
    const office = await Office.open(network, acme({ 1001: {}, 1002: {}, 1003: {} }), async (address) => {
      await put(authority, address);
      const listen = ['udp', 'tcp'].map((transport) => `${transport}://${address}:5060`);
      return [
        ...['--sip-listen', [...listen, `tls://${address}:5061`].join(',')],
        ...['--sip-tls-certificate', certificate, '--sip-tls-key', key],
      ];
    });
    return new SecureOffice(network, office, authority);
  }

  /** A registered softphone over TLS. */
  async baresip(user: string, tone: number): Promise<Baresip> {
    const own = await this.authority.issueTogether([`DNS:${user}.example`]);
    const tls = { authority: this.authority.certificate, own };
    return this.office.phone(user, { transport: 'tls', proxy: this.proxy, tls, tone });
  }

  /** What `openssl s_client` sees of the certificate that is shown to a new connection. */
  async shown(): Promise<string> {
    const { host } = this.office.tandem;
    const client = `openssl s_client -connect ${this.proxy} -CAfile ${this.authority.certificate} -verify_return_error`;
    return host.run(['sh', '-c', `${client} </dev/null | openssl x509 -noout -subject`]);
  }

  /** Puts another certificate into the place of the first, and waits until it is used. */
  async renew(): Promise<void> {
    await put(this.authority, this.office.tandem.host.address);
    await this.office.tandem.logged('certificates have changed and were read again');
  }

  /** A registered phone of Tandem over TLS. */
  async phone(user: string, tone: number = 440): Promise<TandemPhone> {
    const account = { ...this.office.account(user), tone, proxy: this.proxy, transport: 'tls' } as const;
    const phone = await TandemPhone.start(this.#network, { ...account, security: await this.trust });
    await phone.register();
    return phone;
  }

  get trust(): Promise<{ authorities: string }> {
    return readFile(this.authority.certificate, 'latin1').then((authorities) => ({ authorities }));
  }
}

function filesIn(folder: string): { readonly certificate: string; readonly key: string } {
  return { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
}

async function put(authority: Authority, address: string): Promise<void> {
  const issued = await authority.issue([`DNS:${domain}`, `IP:${address}`]);
  const { certificate, key } = filesIn(authority.folder);
  await copyFile(issued.certificate, certificate);
  await copyFile(issued.key, key);
}

describe('over TLS', () => {
  it('softphones talk, and go on while the certificate is renewed', async ({ network }) => {
    const secure = await SecureOffice.open(network);
    const alice = await secure.baresip('1001', 440);
    const bob = await secure.baresip('1002', 1000);
    await connectPhones(alice, bob);
    await expectTwoTone(alice, bob);
    expect(await secure.shown()).toContain('Issued 1');
    await secure.renew();
    expect(await secure.shown()).toContain('Issued 4');
    await alice.hold();
    await alice.resume();
    await expectTwoTone(alice, bob);
    await alice.hangup();
    await bob.closed();
  });

  it("Tandem's own phone talks with one over UDP", async ({ network }) => {
    const secure = await SecureOffice.open(network);
    const bob = await secure.office.phone('1002', { tone: 1000 });
    const account = { ...secure.office.account('1001'), proxy: secure.proxy, transport: 'tls' } as const;
    const alice = await TandemPhone.start(network, { ...account, security: await secure.trust });
    await alice.register();
    await talkBothWays(alice, bob);
  });

  it('a sips URI reaches a phone over TLS, and none over UDP', async ({ network }) => {
    const secure = await SecureOffice.open(network);
    const [alice, bob] = [await secure.phone('1001'), await secure.phone('1002', 1000)];
    await alice.dial(`sips:1002@${domain}`);
    expect(await bob.incoming()).toBe(alice.uri);
    await bob.accept();
    await Promise.all([alice.established(), bob.established()]);
    await expectTwoTone(alice, bob);
    await bob.hangup();
    await alice.closed();
    await secure.office.phone('1003');
    await alice.dial(`sips:1003@${domain}`);
    expect(await alice.closed()).toContain('480');
  });

  it('a phone does not register at a switch whose certificate it cannot trust', async ({ network }) => {
    const secure = await SecureOffice.open(network);
    const account = { ...secure.office.account('1001'), proxy: secure.proxy, transport: 'tls' } as const;
    const stranger = await Authority.create();
    const security = { authorities: await readFile(stranger.certificate, 'latin1') };
    const alice = await TandemPhone.start(network, { ...account, security });
    await expect(alice.register()).rejects.toThrow(`proxy-unreachable: tls://${secure.proxy}`);
  });
});
