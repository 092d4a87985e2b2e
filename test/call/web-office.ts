import type { Browser } from 'playwright-core';
import { Authority } from '../harness/authority.ts';
import { BrowserPhone, pageOrigin } from '../harness/browser/browser-phone.ts';
import type { Network } from '../harness/network.ts';
import { ports } from '../wire/everywhere.ts';
import { Office } from './office.ts';

/** An office whose edge takes secure WebSockets as well. */
export class WebOffice {
  readonly office: Office;
  readonly #network: Network;

  private constructor(office: Office, network: Network) {
    this.office = office;
    this.#network = network;
  }

  static async open(network: Network): Promise<WebOffice> {
    const authority = await Authority.create();
    const office = await Office.open(network, undefined, async (address) => {
      const { certificate, key } = await authority.issue([`IP:${address}`]);
      return [
        ...['--sip-listen', `udp://${address}:5060,tcp://${address}:5060,wss://${address}:${ports.wss}`],
        ...['--sip-tls-certificate', certificate, '--sip-tls-key', key, '--sip-origins', pageOrigin],
      ];
    });
    return new WebOffice(office, network);
  }

  /** A user's phone in a browser, which has registered. */
  async browser(chromium: Browser, user: string): Promise<BrowserPhone> {
    const url = `wss://${this.office.tandem.host.address}:${ports.wss}`;
    const phone = await BrowserPhone.open(chromium, this.#network, this.office.account(user), url);
    await phone.load();
    return phone;
  }
}
