import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { type BrowserPhone, launch } from '../harness/browser/browser-phone.ts';
import { it } from '../harness/fixture.ts';
import { needs } from '../harness/needs.ts';
import type { Network } from '../harness/network.ts';
import { seriesOf, sumOf } from '../harness/scrape.ts';
import type { Softphone } from '../harness/softphone.ts';
import { TandemPhone } from '../harness/tandem-phone.ts';
import { domain, type Office } from './office.ts';
import { WebOffice } from './web-office.ts';

const describe = needs('namespace', 'baresip', 'chromium', 'openssl');

let chromium: Browser;

/** An office, and the phone of 1001 in a browser. */
async function open(network: Network): Promise<[Office, BrowserPhone]> {
  const web = await WebOffice.open(network);
  return [web.office, await web.browser(chromium, '1001')];
}

/** The browser calls and a phone answers; then the phone calls. Each time the other one hangs up. */
async function both(browser: BrowserPhone, phone: Softphone): Promise<void> {
  await browser.do('dial', phone.uri);
  await phone.incoming();
  await phone.accept();
  await Promise.all([browser.said('established'), phone.established()]);
  await browser.do('hold');
  await browser.said('held');
  await browser.do('resume');
  await browser.said('resumed');
  await phone.hangup();
  expect(await browser.said('closed')).toBe('closed: remote Terminated');

  await phone.dial(browser.uri);
  expect(await browser.said('incoming')).toBe(`incoming: ${phone.uri}`);
  await browser.do('accept');
  await Promise.all([browser.said('established'), phone.established()]);
  await browser.do('hangUp');
  expect(await browser.said('closed')).toBe('closed: local Terminated');
  await phone.closed();
}

describe('JsSIP in Chromium over wss: real signalling, with descriptions that are made up and no media', () => {
  beforeAll(async () => {
    chromium = await launch();
  });
  afterAll(() => chromium.close());

  it('calls baresip and is called, changes the call, and either side hangs up', async ({ network }) => {
    const [office, browser] = await open(network);
    await both(browser, await office.phone('1002'));
  });

  it('calls Tandem’s own phone over TCP, and is called', async ({ network }) => {
    const [office, browser] = await open(network);
    const phone = await TandemPhone.start(network, { ...office.account('1002'), transport: 'tcp' });
    await phone.register();
    await both(browser, phone);
  });

  it('refreshes its registration, takes it along to the next page, and gives it up', async ({ network }) => {
    const [office, browser] = await open(network);
    const transports = async (): Promise<string[]> => {
      const rows = JSON.parse(await office.tandem.ask('registrations', '-o', 'json')) as {
        transport: string;
      }[];
      return rows.map(({ transport }) => transport);
    };
    const count = async (): Promise<number> =>
      sumOf(await seriesOf(office.tandem), 'tandem_registrations_total');
    expect([await transports(), await count()]).toEqual([['wss'], 1]);
    await browser.page.clock.install();
    await browser.load();
    expect([await transports(), await count()]).toEqual([['wss'], 2]);
    await browser.page.clock.fastForward('10:00');
    await expect.poll(count).toBe(3);
    await browser.do('close');
    await browser.said('unregistered');
    expect(await transports()).toEqual([]);
  });

  it('comes back when its connection breaks, and is called again', async ({ network }) => {
    const [office, browser] = await open(network);
    const phone = await office.phone('1002');
    await office.tandem.kill();
    await browser.said('disconnected');
    await office.tandem.start();
    await browser.said('registered');
    await phone.dial(`sip:1001@${domain}`);
    await browser.said('incoming');
    await browser.do('accept');
    await Promise.all([browser.said('established'), phone.established()]);
    await phone.hangup();
    expect(await browser.said('closed')).toBe('closed: remote Terminated');
  });
});
